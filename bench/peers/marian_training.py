"""Marian's trainings of bench/questions/marian.ts.

Answers a line for each line of input; the first one that it prints is its version.
  FOLDER STEPS SHAPE   SHAPE in JSON, as bench/harness/training.ts has it, with threads: trains a new model on random tokens in FOLDER, and
                       answers with the seconds of so many steps, those of its start left out
"""
import json
import os
import random
import re

import pymarian

from answering import answer

# The first updates of a run make its memory.
WARM_UP = 2


def train(folder, steps, shape):
    shape = json.loads(shape)
    os.makedirs(folder, exist_ok=True)
    os.chdir(folder)
    updates = WARM_UP + int(steps)
    batch, threads = shape['batch'], shape['threads']
    write_pairs(batch * updates, shape)
    settings = dict(
        type='transformer', model='model.npz', train_sets=['source', 'target'], vocabs=['vocabulary.yml'] * 2,
        dim_emb=shape['width'], enc_depth=shape['layers'], dec_depth=shape['layers'], transformer_heads=shape['heads'],
        transformer_dim_ffn=shape['hidden'], transformer_ffn_activation='relu', transformer_dropout=0.1, transformer_dropout_attention=0.1,
        transformer_dropout_ffn=0.1, tied_embeddings_all=True, label_smoothing=0.1, optimizer='adam', optimizer_params=[0.9, 0.98, 1e-9],
        learn_rate=1e-4, clip_norm=0, seed=1, mini_batch=batch, maxi_batch=1, maxi_batch_sort='none', shuffle='none', cpu_threads=threads,
        sync_sgd=True, after_batches=updates, disp_freq=1, disp_label_counts=True, save_freq=10 ** 6, valid_freq=10 ** 6, overwrite=True,
        no_restore_corpus=True, no_reload=True, workspace=2000)
    with open('train.log', 'w+') as log:
        told_in(log, lambda: pymarian.Trainer(**settings).train())
        log.seek(0)
        speeds = [float(speed.replace(',', '')) for speed in re.findall(r'([\d,.]+) words/s', log.read())]
    if len(speeds) != updates:
        raise ValueError(f'Marian tells of {len(speeds)} steps, not {updates}')
    # Each speed is of one update of the whole batch.
    return str(sum(batch * shape['length'] / speed for speed in speeds[-int(steps):]))


def told_in(log, work):
    """Marian makes its loggers once, for the error stream."""
    kept = os.dup(2)
    os.dup2(log.fileno(), 2)
    try:
        work()
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def write_pairs(lines, shape):
    """Lines of random pieces; the end makes them as long as the shape says."""
    vocabulary, length = shape['vocabulary'], shape['length'] - 1
    chance = random.Random(1)
    with open('vocabulary.yml', 'w') as file:
        json.dump({'</s>': 0, '<unk>': 1, **{f't{i}': i for i in range(2, vocabulary)}}, file)
    for name in ('source', 'target'):
        with open(name, 'w') as file:
            for _ in range(lines):
                print(*(f't{chance.randrange(2, vocabulary)}' for _ in range(length)), file=file)


print(pymarian.__version__, flush=True)
answer(lambda line: train(*line.split(' ', 2)))

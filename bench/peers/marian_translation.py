"""Marian's side of bench/questions/marian.ts: translates what it is told, as often as it is told.

Answers a line for each line of input; the first one that it prints is its version.
  prepare MODEL THREADS BEAM SENTENCES   sentences of ids without the end, 5,6,7/8,9: makes a translation of each, as long as its source and
                                         the end together, and answers with its ids
  run RUNS                               answers with the seconds of so many translations of the same sentences
"""
import math

import pymarian

from answering import answer, commands, seconds

translator = (None, None)
translate = None


def prepare(model, threads, beam, sentences):
    global translator, translate
    lines = [' '.join(f't{id}' for id in sentence.split(',')) for sentence in sentences.split('/')]
    # A thread takes a batch at a time: the sentences are dealt out to all threads.
    batch = math.ceil(len(lines) / int(threads))
    key = (model, threads, beam, batch)
    if translator[0] != key:
        vocabulary = f'{model}/vocabulary.yml'
        sizes = dict(mini_batch=batch, maxi_batch=int(threads), maxi_batch_sort='none', workspace=512, max_length=1000)
        marian = pymarian.Translator(models=[f'{model}/model.npz'], vocabs=[vocabulary] * 2, cpu_threads=int(threads), beam_size=int(beam),
                                     max_length_factor=1, quiet=True, quiet_translation=True, **sizes)
        translator = (key, marian)
    text = '\n'.join(lines)
    translate = lambda: translator[1].translate(text)
    return '/'.join(','.join(piece[1:] for piece in line.split()) for line in translate().strip().split('\n'))


def run(runs):
    return seconds(runs, translate)


print(pymarian.__version__, flush=True)
answer(commands(prepare=prepare, run=run))

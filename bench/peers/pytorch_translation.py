"""PyTorch's side of the long sources of bench/questions/hub.ts: reads what it is told, as often as it is told.

Answers a line for each line of input; the first one that it prints is its version.
  prepare MODEL THREADS SENTENCES   sentences of ids of one length, 5,6,7/8,9: reads them and makes one token of each, and answers with it
  run RUNS                          answers with the seconds of so many readings of the same sentences
"""
import torch
from transformers import AutoModelForSeq2SeqLM

from answering import answer, commands, seconds

models = {}
read = None


def prepare(model, threads, sentences):
    global read
    torch.set_num_threads(int(threads))
    if model not in models:
        models.clear()
        models[model] = AutoModelForSeq2SeqLM.from_pretrained(model).eval()
    ids = torch.tensor([[int(id) for id in sentence.split(',')] for sentence in sentences.split('/')])
    start = torch.full((len(ids), 1), models[model].config.decoder_start_token_id)
    read = lambda: models[model](input_ids=ids, decoder_input_ids=start).logits.argmax(-1)
    with torch.inference_mode():
        return '/'.join(str(int(id)) for id in read())


def run(runs):
    with torch.inference_mode():
        return seconds(runs, read)


print(torch.__version__, flush=True)
answer(commands(prepare=prepare, run=run))

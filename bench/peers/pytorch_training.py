"""PyTorch's side of bench/scripts/train.ts: a model of a shape, and one training step (forward, backward, Adam) for each line of input.

pytorch_training.py THREADS PRECISION LAYERS WIDTH HEADS HIDDEN VOCABULARY BATCH LENGTH RELU_BIAS
Prints its version once the model is made and a first step has been taken, then for each step its seconds, and the processor seconds
of all threads; each answer is a line of JSON.
"""
import json
import math
import sys
import time

import torch
import torch.nn as nn

threads = int(sys.argv[1])
half = sys.argv[2] == 'bfloat16'
layers, width, heads, hidden, vocabulary, batch, length = map(int, sys.argv[3:10])
relu_bias = float(sys.argv[10])
torch.set_num_threads(threads)
torch.manual_seed(0)
model = nn.Transformer(width, heads, layers, layers, hidden, dropout=0.1, batch_first=True)
for name, parameter in model.named_parameters():
    if name.endswith('linear1.bias'):
        nn.init.constant_(parameter, relu_bias)
embedding = nn.Embedding(vocabulary, width)  # tied to the output
parameters = list(model.parameters()) + list(embedding.parameters())
optimizer = torch.optim.Adam(parameters, lr=1e-4, betas=(0.9, 0.98), eps=1e-9, fused=True)
mask = nn.Transformer.generate_square_subsequent_mask(length)
source, target, gold = (torch.randint(0, vocabulary, (batch, length)) for _ in range(3))


def step():
    optimizer.zero_grad(set_to_none=True)
    scale = math.sqrt(width)
    with torch.autocast('cpu', dtype=torch.bfloat16, enabled=half):
        states = model(embedding(source) * scale, embedding(target) * scale, tgt_mask=mask, tgt_is_causal=True)
        logits = nn.functional.linear(states, embedding.weight)
    loss = nn.functional.cross_entropy(logits.float().view(-1, vocabulary), gold.view(-1), label_smoothing=0.1)
    loss.backward()
    optimizer.step()


def say(**answer):
    print(json.dumps(answer), flush=True)


step()
say(version=torch.__version__)
for _ in sys.stdin:
    start, busy = time.perf_counter(), time.process_time()
    step()
    say(seconds=time.perf_counter() - start, busy=time.process_time() - busy)

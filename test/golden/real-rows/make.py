"""Writes expected.json: a torch.nn.Transformer whose encoder reads rows of real numbers through a linear in place of the embedding, beside one
that reads tokens: weights in Glassformer's names, states of the encoder, logits, and the gradients of the summed cross-entropy of both."""

import json
import math
import pathlib

import torch
from torch import nn

WIDTH, HEADS, LAYERS, INNER, VOCABULARY, ROW = 16, 2, (2, 1), 24, 13, 3
START = 2
# The first source has a command token (5), four rows of numbers and the end (1).
ROWS = [[0.5, -1.25, 2.0], [0.0, 0.0, 0.0], [1.5, 0.25, -0.75], [-2.0, 1.0, 0.125]]
PAIRS = [{"source": [5] + [-1] * 4 + [1], "target": [4, 9, 1]}, {"source": [3, 7, 5, 9, 1], "target": [6, 4, 8, 8, 1]}]

torch.manual_seed(7)
torch.set_default_dtype(torch.float64)
embedding = nn.Embedding(VOCABULARY, WIDTH)
rows = nn.Linear(ROW, WIDTH, bias=False)
transformer = nn.Transformer(WIDTH, HEADS, *LAYERS, INNER, dropout=0.0, batch_first=True)
with torch.no_grad():
    for parameter in [*transformer.parameters()]:
        parameter += 0.3 * torch.randn_like(parameter)
    for module in (embedding, rows, transformer):
        for parameter in module.parameters():
            parameter.copy_(parameter.float().double())


def positions(length):
    angles = torch.arange(length)[:, None] * torch.exp(torch.arange(0, WIDTH, 2) * (-math.log(10000) / WIDTH))
    return torch.stack([angles.sin(), angles.cos()], -1).flatten(1)


def embedded(ids, numbers=()):
    linear = iter(rows(torch.tensor(numbers))) if len(numbers) else iter(())
    all = [embedding.weight[i] * math.sqrt(WIDTH) if i >= 0 else next(linear) for i in ids]
    return (torch.stack(all) + positions(len(ids)))[None]


states, logits, loss = [], [], 0
for pair, numbers in zip(PAIRS, (ROWS, ())):
    target = pair["target"]
    memory = transformer.encoder(embedded(pair["source"], numbers))
    mask = nn.Transformer.generate_square_subsequent_mask(len(target))
    out = transformer.decoder(embedded([START] + target[:-1]), memory, tgt_mask=mask) @ embedding.weight.T
    loss = loss + nn.functional.cross_entropy(out[0], torch.tensor(target), reduction="sum")
    states += memory.flatten().tolist()
    logits += out.flatten().tolist()
loss.backward()

tensors = {"embedding.weight": embedding.weight, "encoder.rows.weight": rows.weight}


def attention(ours, module):
    for part, weight, bias, dw, db in zip(
        ("query", "key", "value"), *(t.chunk(3) for t in (module.in_proj_weight, module.in_proj_bias)),
        *(t.grad.chunk(3) for t in (module.in_proj_weight, module.in_proj_bias)),
    ):
        tensors[f"{ours}.{part}.weight"], tensors[f"{ours}.{part}.bias"] = (weight, dw), (bias, db)
    both(f"{ours}.output", module.out_proj)


def both(ours, module):
    tensors[f"{ours}.weight"], tensors[f"{ours}.bias"] = module.weight, module.bias


for side in ("encoder", "decoder"):
    stack = getattr(transformer, side)
    both(f"{side}.norm", stack.norm)
    for i, layer in enumerate(stack.layers):
        at = f"{side}.{i}"
        attention(f"{at}.selfAttention", layer.self_attn)
        norms = ["selfAttentionNorm", *(["crossAttentionNorm"] if side == "decoder" else []), "feedForwardNorm"]
        if side == "decoder":
            attention(f"{at}.crossAttention", layer.multihead_attn)
        for n, name in enumerate(norms):
            both(f"{at}.{name}", getattr(layer, f"norm{n + 1}"))
        both(f"{at}.feedForward.inner", layer.linear1)
        both(f"{at}.feedForward.outer", layer.linear2)

numbers = lambda values: [float(f"{value:.9g}") for value in values]
flat = lambda tensor: numbers(tensor.detach().flatten().tolist())
of = lambda each: each if isinstance(each, tuple) else (each, each.grad)
golden = {
    "torch": torch.__version__,
    "rowWidth": ROW,
    "rows": [value for row in ROWS for value in row],
    "pairs": PAIRS,
    "weights": {name: flat(of(each)[0]) for name, each in tensors.items()},
    "states": numbers(states),
    "logits": numbers(logits),
    "loss": loss.item(),
    "gradients": {name: flat(of(each)[1]) for name, each in tensors.items()},
}
(pathlib.Path(__file__).parent / "expected.json").write_text(json.dumps(golden) + "\n")

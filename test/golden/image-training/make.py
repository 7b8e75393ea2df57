"""Writes expected.json: decoders alone over images of 3 × 3 pixels, full, local in one dimension and in two, trained by torch.optim.Adam with a
warm-up and clipping: first weights in Glassformer's names, the images of each step, and the losses, norms and rates of all steps. Each kind begins with
the same weights. Ids: 0 ends an image, START begins one, and levels lie between."""

import json
import math
import pathlib

import torch
from torch import nn

WIDTH, HEADS, LAYERS, INNER, VOCABULARY = 8, 2, 2, 16, 7
START, SIDE, AT_ONCE, STEPS = VOCABULARY - 1, 3, 4, 40
WARMUP, RATE, CLIP = 10, 0.01, 1.0
TOKENS = SIDE * SIDE + 1  # with the end
torch.manual_seed(7)
torch.set_default_dtype(torch.float64)
numbers = lambda values: [float(f"{value:.9g}") for value in values]


def cells():
    """Rows and columns in blocks of 2 × 2, in order of generation; the end is the first of an image below."""
    blocks = [(top, left) for top in (0, 2) for left in (0, 2)]
    inside = [(y, x) for top, left in blocks for y in range(top, min(top + 2, SIDE)) for x in range(left, min(left + 2, SIDE))]
    return inside + [(SIDE, 0)]


def sees_in_two_dimensions(i, j):
    """Whether token i sees token j: its block up to itself, one row above the block and its two sides, and one column on the left."""
    (row, column), (y, x) = cells()[i], cells()[j]
    top, left = (SIDE if row == SIDE else row // 2 * 2), column // 2 * 2
    above = top - 1 <= y < top and left - 1 <= x < left + 3
    beside = top <= y < top + 2 and left - 1 <= x < left
    own = top <= y < top + 2 and left <= x < left + 2 and j <= i
    return above or beside or own


kinds = {"full": lambda i, j: j <= i, "local": lambda i, j: i - 4 < j <= i, "image": sees_in_two_dimensions}


def first_weights():
    normal = lambda rows: torch.randn(rows, WIDTH) * WIDTH**-0.5
    matrix = lambda rows, columns: (2 * torch.rand(rows, columns) - 1) * math.sqrt(6 / (rows + columns))
    weights = {"embedding.weight": normal(VOCABULARY), "decoder.positions.weight": normal(TOKENS), "output.bias": torch.zeros(VOCABULARY)}
    for layer in range(LAYERS):
        at = f"decoder.{layer}."
        for part in ("query", "key", "value", "output"):
            weights |= {f"{at}selfAttention.{part}.weight": matrix(WIDTH, WIDTH), f"{at}selfAttention.{part}.bias": torch.zeros(WIDTH)}
        weights |= {f"{at}feedForward.inner.weight": matrix(INNER, WIDTH), f"{at}feedForward.inner.bias": torch.zeros(INNER)}
        weights |= {f"{at}feedForward.outer.weight": matrix(WIDTH, INNER), f"{at}feedForward.outer.bias": torch.zeros(WIDTH)}
        for norm in ("selfAttentionNorm", "feedForwardNorm"):
            weights |= {f"{at}{norm}.weight": torch.ones(WIDTH), f"{at}{norm}.bias": torch.zeros(WIDTH)}
    return {name: value.float().double() for name, value in weights.items()}


def loss_of(images, weights, bias):
    targets = torch.cat([images, torch.zeros(AT_ONCE, 1, dtype=torch.long)], 1)
    tokens = torch.cat([torch.full((AT_ONCE, 1), START), targets[:, :-1]], 1)
    linear = lambda x, name: nn.functional.linear(x, weights[name + ".weight"], weights[name + ".bias"])
    norm = lambda x, name: nn.functional.layer_norm(x, (WIDTH,), weights[name + ".weight"], weights[name + ".bias"], 1e-5)
    x = weights["embedding.weight"][tokens] * WIDTH**0.5 + weights["decoder.positions.weight"]
    for layer in range(LAYERS):
        at = f"decoder.{layer}."
        parts = (linear(x, at + "selfAttention." + part) for part in ("query", "key", "value"))
        q, k, v = (part.reshape(AT_ONCE, TOKENS, HEADS, -1).transpose(1, 2) for part in parts)
        z = nn.functional.scaled_dot_product_attention(q, k, v, attn_mask=bias).transpose(1, 2).reshape(AT_ONCE, TOKENS, WIDTH)
        x = norm(x + linear(z, at + "selfAttention.output"), at + "selfAttentionNorm")
        x = norm(x + linear(torch.relu(linear(x, at + "feedForward.inner")), at + "feedForward.outer"), at + "feedForwardNorm")
    logits = nn.functional.linear(x, weights["embedding.weight"], weights["output.bias"])
    return nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())


def train(sees, first, batches):
    weights = {name: nn.Parameter(value.clone()) for name, value in first.items()}
    bias = torch.tensor([[0.0 if sees(i, j) else -math.inf for j in range(TOKENS)] for i in range(TOKENS)])
    optimizer = torch.optim.Adam(weights.values(), betas=(0.9, 0.98), eps=1e-9)
    steps = []
    for step, images in enumerate(batches, 1):
        rate = RATE * min(step / WARMUP, (WARMUP / step) ** 0.5)
        optimizer.param_groups[0]["lr"] = rate
        optimizer.zero_grad()
        loss = loss_of(images, weights, bias)
        loss.backward()
        length = nn.utils.clip_grad_norm_(weights.values(), CLIP).item()
        optimizer.step()
        steps.append({"loss": loss.item(), "norm": length, "rate": rate})
    return steps


# Levels 1 to 5 that rise by one or two along an image, so that there is something to learn.
starts, strides = torch.randint(0, 5, (STEPS, AT_ONCE, 1)), torch.randint(1, 3, (STEPS, AT_ONCE, 1))
batches = 1 + (starts + strides * torch.arange(SIDE * SIDE)) % 5
first = first_weights()
golden = {
    "torch": torch.__version__,
    "settings": {"warmup": WARMUP, "rate": RATE, "clip": CLIP, "start": START},
    "weights": {name: numbers(value.flatten().tolist()) for name, value in first.items()},
    "batches": batches.tolist(),
    "steps": {kind: train(sees, first, batches) for kind, sees in kinds.items()},
}
(pathlib.Path(__file__).parent / "expected.json").write_text(json.dumps(golden) + "\n")

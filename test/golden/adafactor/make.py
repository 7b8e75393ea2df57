"""Writes adafactor.json: weights after six steps of Hugging Face's Adafactor. Values are formulas that the test repeats."""

import json
import math
import pathlib

import torch
import transformers
from transformers.optimization import Adafactor

SHAPES = [(12, 8), (1, 8), (16, 5), (1, 1), (3, 1), (1, 16)]
STEPS = 6
RUNS = {
    "relative": {"relative_step": True, "weight_decay": 0.0},
    "given": {"relative_step": False, "lr": 0.05, "weight_decay": 0.1},
}


def tensor(shape, values):
    rows, width = shape
    return torch.tensor(values, dtype=torch.float64).to(torch.float32).reshape((width,) if rows == 1 else shape)


def weight(i):
    return 0.4 * math.cos(0.9 * i)


def gradient(k, i, step):
    """Of tensor k; tensors of very different sizes, now and then large."""
    return 10.0 ** (k - 3) * math.sin(1 + 0.7 * i + 1.3 * step) * (50 if step == 4 else 1)


def train(options):
    parameters, index = [], 0
    for shape in SHAPES:
        count = shape[0] * shape[1]
        parameters.append((index, torch.nn.Parameter(tensor(shape, [weight(index + i) for i in range(count)]))))
        index += count
    optimizer = Adafactor([p for _, p in parameters], scale_parameter=True, warmup_init=False, **options)
    for step in range(1, STEPS + 1):
        for k, (begin, p) in enumerate(parameters):
            p.grad = tensor(SHAPES[k], [gradient(k, begin + i, step) for i in range(p.numel())])
        optimizer.step()
    return [float(f"{value:.9g}") for _, p in parameters for value in p.detach().flatten().tolist()]


golden = {
    "madeBy": f"transformers {transformers.__version__}, torch {torch.__version__}",
    "shapes": SHAPES,
    "steps": STEPS,
    "runs": {name: train(options) for name, options in RUNS.items()},
}
path = pathlib.Path(__file__).with_name("adafactor.json")
path.write_text(json.dumps(golden) + "\n")

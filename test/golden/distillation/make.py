"""Writes distillation.json: losses and gradients of knowledge distillation as PyTorch computes them. Values are formulas that the
test repeats."""

import json
import math
import pathlib

import torch
from torch.nn import functional as F

ROWS, WIDTH, TEACHER_WIDTH, CLASSES = 5, 6, 4, 11
IDS = [3 * t % CLASSES for t in range(ROWS)]
SCALE, TEACHER_SCALE, SMOOTHING, FACTOR = 0.7, 1.1, 0.1, 0.3


def wave(rows, width, frequency):
    values = [2 * math.sin(1 + frequency * i) for i in range(rows * width)]
    return torch.tensor(values, dtype=torch.float32).double().reshape(rows, width)


def case(temperature, share):
    x, weight, bias = wave(ROWS, WIDTH, 0.7), wave(CLASSES, WIDTH, 1.3), wave(1, CLASSES, 0.9)
    for tensor in (x, weight, bias):
        tensor.requires_grad_()
    z = SCALE * x @ weight.T + bias
    teacher = wave(ROWS, TEACHER_WIDTH, 1.1) @ wave(CLASSES, TEACHER_WIDTH, 0.6).T
    t = TEACHER_SCALE * teacher + wave(1, CLASSES, 2.1)
    divergences = F.kl_div(
        F.log_softmax(z / temperature, -1), F.softmax(t / temperature, -1), reduction="none"
    ).sum(-1)
    entropies = F.cross_entropy(z, torch.tensor(IDS), label_smoothing=SMOOTHING, reduction="none")
    losses = (1 - share) * entropies + share * temperature**2 * divergences
    (FACTOR * losses.sum()).backward()
    flat = lambda tensor: [float(f"{value:.9g}") for value in tensor.flatten().tolist()]
    return {
        "temperature": temperature,
        "share": share,
        "losses": flat(losses.detach()),
        "dx": flat(x.grad),
        "dWeight": flat(weight.grad),
        "dBias": flat(bias.grad),
    }


golden = {
    "torch": torch.__version__,
    "cases": [case(temperature, share) for temperature in (1, 2) for share in (1, 0.5)],
}
path = pathlib.Path(__file__).with_name("distillation.json")
path.write_text(json.dumps(golden) + "\n")

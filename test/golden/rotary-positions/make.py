"""Writes rotary-positions.json: self-attention with rotary positions (Su et al. 2021, eq. 13-16) and its gradients as PyTorch computes them
in float64, each pair of a head's numbers as one complex number that is multiplied by exp(i m θ). Values are formulas that the test
repeats."""

import json
import math
import pathlib

import torch

D_MODEL, HEADS, BASE = 12, 3, 100.0
D_HEAD = D_MODEL // HEADS
LENGTHS = [1, 6, 4]


def wave(rows, width, frequency):
    values = [math.sin(1 + frequency * i) for i in range(rows * width)]
    return torch.tensor(values, dtype=torch.float32).double().reshape(rows, width).requires_grad_()


def turned(x):
    """x [n, d_head] of one head → each pair times exp(i m θ)"""
    theta = BASE ** (-2 * torch.arange(D_HEAD // 2, dtype=torch.float64) / D_HEAD)
    angles = torch.outer(torch.arange(len(x), dtype=torch.float64), theta)
    pairs = torch.view_as_complex(x.reshape(len(x), -1, 2)) * torch.polar(torch.ones_like(angles), angles)
    return torch.view_as_real(pairs).reshape(len(x), D_HEAD)


def self_attention(x, w, causal):
    """x [n, d] of one sentence → z W^O"""
    heads = []
    for h in range(HEADS):
        part = slice(h * D_HEAD, (h + 1) * D_HEAD)
        q, k, v = (x @ w[name].T[:, part] for name in ("query", "key", "value"))
        heads.append(
            torch.nn.functional.scaled_dot_product_attention(turned(q), turned(k), v, is_causal=causal)
        )
    return torch.cat(heads, -1) @ w["output"].T


def case(causal):
    rows = sum(LENGTHS)
    x = wave(rows, D_MODEL, 0.7)
    w = {name: wave(D_MODEL, D_MODEL, 1.1 + 0.2 * i) for i, name in enumerate(("query", "key", "value", "output"))}
    z = torch.cat([self_attention(part, w, causal) for part in x.split(LENGTHS)])
    (z * wave(rows, D_MODEL, 0.3).detach()).sum().backward()
    flat = lambda tensor: [float(f"{value:.9g}") for value in tensor.detach().flatten().tolist()]
    gradients = {"x": flat(x.grad), **{name: flat(tensor.grad) for name, tensor in w.items()}}
    return {"causal": causal, "z": flat(z), "gradients": gradients}


golden = {"torch": torch.__version__, "cases": [case(False), case(True)]}
path = pathlib.Path(__file__).with_name("rotary-positions.json")
path.write_text(json.dumps(golden) + "\n")

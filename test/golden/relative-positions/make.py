"""Writes relative-positions.json: self-attention with relative positions (Shaw et al. 2018, eq. 3-5) and its gradients as PyTorch
computes them in float64, with the vectors a_ij gathered pair by pair as the paper writes them. Values are formulas that the test
repeats."""

import json
import math
import pathlib

import torch

D_MODEL, HEADS, CLIP = 12, 3, 2
D_HEAD = D_MODEL // HEADS
LENGTHS = [1, 6, 4]


def wave(rows, width, frequency):
    values = [math.sin(1 + frequency * i) for i in range(rows * width)]
    return torch.tensor(values, dtype=torch.float32).double().reshape(rows, width).requires_grad_()


def self_attention(x, w, causal):
    """x [n, d] of one sentence → z W^O"""
    n = len(x)
    distances = torch.arange(n)[None, :] - torch.arange(n)[:, None]  # [i, j] = j - i
    index = distances.clamp(-CLIP, CLIP) + CLIP
    a_keys, a_values = w["relativeKeys"][index], w["relativeValues"][index]  # [i, j, d_z]
    heads = []
    for h in range(HEADS):
        part = slice(h * D_HEAD, (h + 1) * D_HEAD)
        q, k, v = (x @ w[name].T[:, part] for name in ("query", "key", "value"))
        e = (q[:, None, :] * (k[None, :, :] + a_keys)).sum(-1) / math.sqrt(D_HEAD)  # eq. 4
        if causal:
            e = e.masked_fill(distances > 0, -math.inf)
        alpha = torch.softmax(e, -1)
        heads.append((alpha[:, :, None] * (v[None, :, :] + a_values)).sum(1))  # eq. 3
    return torch.cat(heads, -1) @ w["output"].T


def case(causal):
    rows = sum(LENGTHS)
    x = wave(rows, D_MODEL, 0.7)
    w = {name: wave(D_MODEL, D_MODEL, 1.1 + 0.2 * i) for i, name in enumerate(("query", "key", "value", "output"))}
    w["relativeKeys"] = wave(2 * CLIP + 1, D_HEAD, 0.9)
    w["relativeValues"] = wave(2 * CLIP + 1, D_HEAD, 1.9)
    z = torch.cat([self_attention(part, w, causal) for part in x.split(LENGTHS)])
    (z * wave(rows, D_MODEL, 0.3).detach()).sum().backward()
    flat = lambda tensor: [float(f"{value:.9g}") for value in tensor.detach().flatten().tolist()]
    gradients = {"x": flat(x.grad), **{name: flat(tensor.grad) for name, tensor in w.items()}}
    return {"causal": causal, "z": flat(z), "gradients": gradients}


golden = {"torch": torch.__version__, "cases": [case(False), case(True)]}
path = pathlib.Path(__file__).with_name("relative-positions.json")
path.write_text(json.dumps(golden) + "\n")

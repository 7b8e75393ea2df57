"""Writes encodings.json: a matrix and some rows as int8 and bfloat16, and their products, by NumPy and PyTorch in float32."""

import json
import pathlib

import numpy as np
import torch

OUTPUTS, INPUTS, ROWS = 21, 70, 5
F = np.float32
MAGNITUDES = [0.01, 0.1, 1, 10, 100]


def number(i):
    """Values are formulas that the test repeats."""
    return (i * 7919 % 2001 - 1000) / 997


def weights():
    w = np.array([[F(number(n * INPUTS + k) * MAGNITUDES[n % 5]) for k in range(INPUTS)] for n in range(OUTPUTS)], F)
    w[3] = 0
    w[4] = [F((k * 11 % 255 - 127) / 2) if k else F(127) for k in range(INPUTS)]  # a scale of 1: ties
    w[5] = [F(number(k) * 1e-42) for k in range(INPUTS)]  # a scale with few bits
    w[6] = [F(number(k) * 1e-44) for k in range(INPUTS)]  # a scale of 0
    return w


def rows():
    x = np.array([[F(number(5 * k + 3 * r) * MAGNITUDES[r]) for k in range(INPUTS)] for r in range(ROWS)], F)
    x[1] = 0
    x[2] = [F((k * 13 % 255 - 127) / 2) if k else F(-127) for k in range(INPUTS)]
    x[3] = [F(number(k) * 1e-38) for k in range(INPUTS)]  # 127 over the largest is infinite
    return x


def quantized_weights(w):
    scales = (np.abs(w).max(1) / F(127)).astype(F)
    with np.errstate(all="ignore"):
        q = np.rint((w / scales[:, None]).astype(F))
    q[scales == 0] = 0
    return np.clip(q, -127, 127).astype(np.int32), scales


def quantized_rows(x):
    most = np.abs(x).max(1)
    with np.errstate(all="ignore"):
        inverse = (F(127) / most).astype(F)
    scales = np.where(np.isinf(inverse), F(0), most / F(127)).astype(F)
    inverse[np.isinf(inverse)] = 0
    return np.rint((x * inverse[:, None]).astype(F)).astype(np.int32), scales


def int4_weights(w):
    """Groups of 32: the scale of least squares among some, in float16, and the integers of each row."""
    outputs, groups = w.shape[0], -(-w.shape[1] // 32)
    q, scales = np.zeros(w.shape, np.int64), np.zeros((outputs, groups))
    clip = lambda x: np.clip(np.rint(x), -8, 7)
    for n in range(outputs):
        for g in range(groups):
            x = w[n, 32 * g : 32 * g + 32].astype(np.float64)
            most = x[np.abs(x).argmax()]
            best = 0
            if most != 0:
                for parts in [7, 7.3, 7.6, 7.9, 8.2, 8.5, 8.8]:
                    c = clip(x * (-parts / most))
                    products, squares = sum((x * c).tolist()), sum((c * c).tolist())
                    gain = products * products / squares if squares else 0
                    if gain > best:
                        best, scales[n, g] = gain, F(products / squares)
            with np.errstate(over="ignore"):
                scales[n, g] = np.float16(np.clip(scales[n, g], -65504, 65504))
            if scales[n, g]:
                q[n, 32 * g : 32 * g + 32] = clip(x / scales[n, g])
    return q, scales


def int4_product(xq, x_scales, q, scales):
    """Scales of groups become integers, so that all sums are integers."""
    magnitudes = np.abs(scales)
    row = np.maximum(magnitudes.sum(1) / 63000, magnitudes.max(1) / 32767).astype(F)
    with np.errstate(all="ignore"):
        whole = np.clip(np.rint(scales / row[:, None].astype(np.float64)), -32767, 32767)
    whole[row == 0] = 0
    for n, (of, m) in enumerate(zip(scales.tolist(), whole.tolist())):
        squares = sum(i * i for i in m)
        row[n] = F(sum(s * i for s, i in zip(of, m)) / squares) if squares else 0
    w = q * np.repeat(whole, 32, 1)[:, : q.shape[1]].astype(np.int64)
    sums = xq.astype(np.int64) @ w.T
    return (sums.astype(F) * (x_scales[:, None] * row[None, :]).astype(F)).astype(F)


def main():
    w, x = weights(), rows()
    q, scales = quantized_weights(w)
    xq, x_scales = quantized_rows(x)
    int4 = int4_weights(w)
    sums = xq.astype(np.int64) @ q.T.astype(np.int64)
    product = (sums.astype(F) * (x_scales[:, None] * scales[None, :]).astype(F)).astype(F)
    bias = np.array([F(number(n)) for n in range(OUTPUTS)], F)
    residual = np.array([[F(number(r + n)) for n in range(OUTPUTS)] for r in range(ROWS)], F)
    scaled = (product * F(0.3)).astype(F)
    finished = (np.maximum((scaled + bias).astype(F), F(0)) + residual).astype(F)
    halves = torch.from_numpy(w).to(torch.bfloat16).view(torch.int16).numpy().view(np.uint16)
    result = {
        "versions": f"numpy {np.__version__}, torch {torch.__version__.split('+')[0]}",
        "outputs": OUTPUTS,
        "inputs": INPUTS,
        "rows": ROWS,
        "int8": q.flatten().tolist(),
        "scales": [float(s) for s in scales],
        "sums": q.sum(1).tolist(),
        "xInt8": xq.flatten().tolist(),
        "xScales": [float(s) for s in x_scales],
        "int4": int4[0].flatten().tolist(),
        "int4Scales": int4[1].flatten().tolist(),
        "int4Product": [float(y) for y in int4_product(xq, x_scales, *int4).flatten()],
        "product": [float(y) for y in product.flatten()],
        "finished": [float(y) for y in finished.flatten()],
        "bfloat16": halves.flatten().tolist(),
    }
    path = pathlib.Path(__file__).with_name("encodings.json")
    path.write_text(json.dumps(result) + "\n")


main()

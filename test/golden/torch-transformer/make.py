"""Writes model.safetensors, a model round torch.nn.Transformer, and expected.json: the logits that PyTorch computes with these weights,
for norm_first=False (post) and True (pre)."""

import json
import math
import pathlib

import torch
from safetensors.torch import save_model
from torch import nn

WIDTH, HEADS, LAYERS, INNER, VOCABULARY = 8, 2, (2, 1), 12, 11
SOURCE, TARGET, START = [3, 7, 5, 9, 1], [4, 4, 8, 1], 2


class Translator(nn.Module):
    def __init__(self, norm_first):
        super().__init__()
        self.source = nn.Embedding(VOCABULARY, WIDTH)
        self.target = nn.Embedding(VOCABULARY, WIDTH)
        self.transformer = nn.Transformer(
            WIDTH, HEADS, *LAYERS, INNER, activation="gelu", batch_first=True, norm_first=norm_first
        )
        self.generator = nn.Linear(WIDTH, VOCABULARY)

    def forward(self, source, target):
        mask = nn.Transformer.generate_square_subsequent_mask(target.shape[1])
        states = self.transformer(embedded(self.source, source), embedded(self.target, target), tgt_mask=mask)
        return self.generator(states)


def embedded(embedding, ids):
    return embedding(ids) * math.sqrt(WIDTH) + positions(ids.shape[1])


def positions(length):
    """As the tutorials of PyTorch have them: sine and cosine in turn."""
    angles = torch.arange(length)[:, None] * torch.exp(torch.arange(0, WIDTH, 2) * (-math.log(10000) / WIDTH))
    return torch.stack([angles.sin(), angles.cos()], -1).flatten(1)


here = pathlib.Path(__file__).parent
logits = {}
for order in ("post", "pre"):
    torch.manual_seed(1)
    model = Translator(order == "pre").eval()
    with torch.no_grad():
        for parameter in model.parameters():  # norms and biases that are 1 and 0 could be mixed up
            parameter += 0.3 * torch.randn_like(parameter)
        save_model(model, here / "model.safetensors")  # the same weights both times
        computed = model(torch.tensor([SOURCE]), torch.tensor([[START] + TARGET[:-1]]))
    logits[order] = [float(f"{value:.9g}") for value in computed.flatten().tolist()]
golden = {"torch": torch.__version__, "source": SOURCE, "target": TARGET, "logits": logits}
(here / "expected.json").write_text(json.dumps(golden) + "\n")

"""The same model in PyTorch: python pixels_torch.py SETTINGS.json [--steps N] [--seed N]. It reads the settings that glassformer train reads (the same
size, images, steps, learning rates, attention and distribution of first weights), and prints bits per dimension of data.validation. Needs torch and
numpy."""
import argparse, json, time
import numpy as np
import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument('settings')
parser.add_argument('--steps', type=int)
parser.add_argument('--seed', type=int, default=1)
given = parser.parse_args()
settings = json.load(open(given.settings))
sized, trained, data = settings['model'], settings['training'], settings['data']
steps = given.steps or trained['steps']
test_path = (data.get('validation') or {}).get('path') or data['train']['path'].replace('train', 'test')
read = lambda path: [[int(level) for level in line.split()] for line in open(path)]
train, test = torch.tensor(read(data['train']['path'])), torch.tensor(read(test_path))
d, layers, heads, ff = sized['dModel'], sized['decoderLayers'], sized['heads'], sized['dFeedForward']
T, levels = train.shape[1], 1 + int(max(train.max(), test.max()))
at_once = trained['batchTokens'] // (T + 1)
torch.manual_seed(given.seed)
torch.set_num_threads(1)


def seen_keys(local):
    """The keys that each pixel sees, all of them before it in the order of generation."""
    if local is None:
        return [range(t + 1) for t in range(T)]
    if isinstance(local, int):
        return [range(max(0, t - local + 1), t + 1) for t in range(T)]
    (h, w), (qh, qw), (fh, fw) = (local[name] for name in ('image', 'block', 'flange'))
    order = [(r, c) for R in range(0, h, qh) for C in range(0, w, qw) for r in range(R, min(h, R + qh)) for c in range(C, min(w, C + qw))]
    seen = []
    for t, (r, c) in enumerate(order):
        R, C = r // qh * qh, c // qw * qw
        above = lambda y, x: R - fh <= y < R and C - fw <= x < C + qw + fw
        beside = lambda y, x: R <= y < R + qh and C - fw <= x < C + qw
        seen.append([i for i, (y, x) in enumerate(order[: t + 1]) if above(y, x) or beside(y, x)])
    return seen


# Queries in blocks, and the keys of each block, so that local attention costs what it sees. Keys that lie in one piece are not copied.
seen = seen_keys(sized.get('attention', {}).get('local'))
size = T if 'attention' not in sized else 112 if T == 784 else 16
blocks = []
for begin in range(0, T, size):
    keys = sorted(set().union(*seen[begin : begin + size]))
    at = {key: i for i, key in enumerate(keys)}
    bias = torch.full((size, len(keys)), -torch.inf)
    for i, row in enumerate(seen[begin : begin + size]):
        bias[i, [at[key] for key in row]] = 0
    isWhole = keys[-1] - keys[0] == len(keys) - 1
    blocks.append((begin, slice(keys[0], keys[-1] + 1) if isWhole else torch.tensor(keys), bias))


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv, self.out, self.a, self.b = nn.Linear(d, 3 * d), nn.Linear(d, d), nn.Linear(d, ff), nn.Linear(ff, d)
        self.n1, self.n2, self.drop = nn.LayerNorm(d), nn.LayerNorm(d), nn.Dropout(trained['dropout'])

    def forward(self, x):
        n = len(x)
        q, k, v = (part.reshape(n, T, heads, -1).transpose(1, 2) for part in self.qkv(x).chunk(3, -1))
        scores = lambda begin, keys: q[:, :, begin : begin + size] @ k[:, :, keys].transpose(2, 3) * (d // heads) ** -0.5
        z = torch.cat([torch.softmax(scores(begin, keys) + bias, -1) @ v[:, :, keys] for begin, keys, bias in blocks], 2)
        x = self.n1(x + self.drop(self.out(z.transpose(1, 2).reshape(n, T, d))))
        return self.n2(x + self.drop(self.b(torch.relu(self.a(x)))))


class Model(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Parameter(torch.randn(levels + 1, d) * d**-0.5)
        self.positions = nn.Parameter(torch.randn(T, d) * d**-0.5)
        self.layers = nn.ModuleList(Layer() for _ in range(layers))
        self.bias = nn.Parameter(torch.zeros(levels + 1))
        self.drop = nn.Dropout(trained['dropout'])

    def forward(self, x):  # losses in nats of every pixel; the id behind the levels begins an image
        shifted = torch.cat([torch.full((len(x), 1), levels), x[:, :-1]], 1)
        h = self.drop(self.embedding[shifted] * d**0.5 + self.positions)
        for layer in self.layers:
            h = layer(h)
        return nn.functional.cross_entropy((h @ self.embedding.T + self.bias).transpose(1, 2), x, reduction='none')


model = Model()
for name, p in model.named_parameters():  # as glassformer's: queries, keys and values are matrices of their own, and biases 0
    if p.dim() == 2 and 'layers' in name:
        for matrix in p.data.chunk(3) if 'qkv' in name else [p]:
            nn.init.xavier_uniform_(matrix)
    elif 'bias' in name:
        nn.init.zeros_(p)
warmup, greatest = trained['warmup'], trained['learningRate']
optimizer = torch.optim.Adam(model.parameters(), lr=1, betas=(0.9, 0.98), eps=1e-9)
rate = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: greatest * min((s + 1) / warmup, (warmup / (s + 1)) ** 0.5))


def measure():
    model.eval()
    with torch.no_grad():
        bits = torch.cat([model(part) for part in test.split(at_once)]).mean().item() / np.log(2)
    return bits


began, step, best = time.process_time(), 0, 99
every = settings.get('validation', {}).get('every', 100)
while step < steps:
    for part in torch.randperm(len(train)).split(at_once)[: steps - step]:
        model.train()
        optimizer.zero_grad()
        loss = model(train[part]).mean()
        loss.backward()
        if trained['clip']:
            nn.utils.clip_grad_norm_(model.parameters(), trained['clip'])
        optimizer.step()
        rate.step()
        step += 1
        if step % every == 0 or step == steps:
            bits = measure()
            best = min(best, bits)
            print(f'step {step}: train {loss.item() / np.log(2):.3f}, held-out {bits:.3f}, best {best:.3f} bits per dimension,',
                  f'{time.process_time() - began:.0f} s of processor', flush=True)
print(sum(p.numel() for p in model.parameters()), 'parameters')

"""What transformers says of the attention to global tokens: python make.py FOLDER_OF_MODELS (longt5-tglobal and led with their model/) → expected.json.
For one source, the weights of the last layer of the encoder [heads, queries, tokens], and with LongT5 those of sums [heads, queries, sums]."""
import json, os, sys
import torch
from transformers import LEDForConditionalGeneration, LongT5ForConditionalGeneration

folder = sys.argv[1]
source = [5, 9, 33, 21, 7, 40, 12, 18, 27, 6, 31, 14, 22, 8, 19, 36, 11, 25, 1]
S = len(source)
ids = torch.tensor([source])
found = {'source': source}
rounded = lambda rows: [[[round(value, 6) for value in row] for row in head] for head in rows]
with torch.no_grad():
    led = LEDForConditionalGeneration.from_pretrained(os.path.join(folder, 'led', 'model')).eval()
    first = torch.tensor([[1] + [0] * (S - 1)])
    out = led.led.encoder(ids, global_attention_mask=first, output_attentions=True)
    window = led.config.attention_window[-1] // 2
    near = out.attentions[-1][0]  # [heads, S, 1 + 2 window + 1]: the global token, then the window
    if near.shape[0] != led.config.encoder_attention_heads:
        near = near.transpose(0, 1)
    weights = torch.zeros(near.shape[0], S, S)
    for i in range(1, S):
        weights[:, i, 0] = near[:, i, 0]
        for j in range(max(1, i - window), min(S, i + window + 1)):
            weights[:, i, j] = near[:, i, 1 + j - i + window]
    own = out.global_attentions[-1][0]  # [heads, S, 1]: the first token's own attention
    weights[:, 0] = own[:, :S, 0]
    assert torch.allclose(weights.sum(-1), torch.ones(near.shape[0], S), atol=1e-5)
    found['led'] = {'weights': rounded(weights.tolist())}

    longt5 = LongT5ForConditionalGeneration.from_pretrained(os.path.join(folder, 'longt5-tglobal', 'model')).eval()
    out = longt5.encoder(ids, attention_mask=torch.ones(1, S, dtype=torch.long), output_attentions=True)
    blocks = out.attentions[-1][0]  # [blocks, heads, length, 3 length + sums]
    length, heads = longt5.config.local_radius + 1, blocks.shape[1]
    sums = S // longt5.config.global_block_size
    weights, far = torch.zeros(heads, S, S), torch.zeros(heads, S, sums)
    for i in range(S):
        row = blocks[i // length, :, i % length]
        for n in range(3 * length):
            j = (i // length - 1) * length + n
            if 0 <= j < S:
                weights[:, i, j] = row[:, n]
        far[:, i] = row[:, 3 * length : 3 * length + sums]
    assert torch.allclose(weights.sum(-1) + far.sum(-1), torch.ones(heads, S), atol=1e-5)
    found['longt5-tglobal'] = {'weights': rounded(weights.tolist()), 'sumWeights': rounded(far.tolist())}
open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'expected.json'), 'w').write(json.dumps(found, separators=(',', ':')) + '\n')

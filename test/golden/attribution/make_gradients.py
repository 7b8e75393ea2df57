#!/usr/bin/env python3
"""Why this word: gradients of a Marian model by PyTorch, where embeddings are those that the model itself computes.

    make_gradients.py FOLDER OUT.safetensors OUT.json      (torch, transformers, sentencepiece)

A forward hook on both stacks' embed_tokens hands the scaled embeddings in and takes their gradients, so that neither inputs_embeds nor
decoder_inputs_embeds is used: transformers scales the latter once more than the former in Marian (modeling_marian.py, MarianDecoder.forward).
For one sentence and each token of its greedy translation, every eighth dimension of:
source, prefix            d logit(token) / d embedding, scaled, without its position: [token, position, dModel / 8]
contrast.source, .prefix  the same of logit(token) − logit(rival), the rival being the best other token at that step
integrated.source, .prefix  integrated gradients from zeros, midpoint rule with 32 steps, each side by itself: [token, position]
"""
import json, sys
import torch, transformers
from safetensors.torch import save_file
from transformers import MarianMTModel, MarianTokenizer

transformers.logging.set_verbosity_error(); torch.set_num_threads(1)
folder, out, out_json = sys.argv[1:]
model = MarianMTModel.from_pretrained(folder, torch_dtype=torch.float32).eval(); tokenizer = MarianTokenizer.from_pretrained(folder)
scale = model.config.d_model ** 0.5 if model.config.scale_embedding else 1.0
table = model.model.shared.weight.detach()
encoder, decoder = model.get_encoder(), model.get_decoder()


def logits(source_ids, prefix_ids, source, prefix):
    """Logits [target, vocabulary] where the scaled embeddings are `source` and `prefix`."""
    given = {id(encoder.embed_tokens): source / scale, id(decoder.embed_tokens): prefix / scale}
    if encoder.embed_tokens is decoder.embed_tokens:  # one module: it is called for the source first
        calls = iter([source / scale, prefix / scale])
        handles = [encoder.embed_tokens.register_forward_hook(lambda *_: next(calls))]
    else:
        handles = [m.register_forward_hook(lambda m, *_: given[id(m)]) for m in (encoder.embed_tokens, decoder.embed_tokens)]
    try:
        return model(input_ids=source_ids, decoder_input_ids=prefix_ids).logits[0]
    finally:
        for handle in handles: handle.remove()


text = 'Le chat dort sur la table.'
source_ids = tokenizer(text, return_tensors='pt').input_ids
target = model.generate(source_ids, num_beams=1, do_sample=False, max_new_tokens=20)[0].tolist()[1:]
prefix_ids = torch.tensor([[model.config.decoder_start_token_id] + target[:-1]])
embed = lambda ids: table[ids] * scale
plain = model(input_ids=source_ids, decoder_input_ids=prefix_ids).logits[0]
assert torch.allclose(plain, logits(source_ids, prefix_ids, embed(source_ids), embed(prefix_ids)), atol=1e-4)
kept = {name: [] for name in ('source', 'prefix', 'contrast.source', 'contrast.prefix', 'integrated.source', 'integrated.prefix')}; rivals, pairs = [], []
for t, token in enumerate(target):
    best = torch.topk(plain[t], 2).indices.tolist(); rival = best[0] if best[0] != token else best[1]
    rivals.append(rival); pairs.append([float(plain[t, token]), float(plain[t, rival])])
    for name, measure in (('', lambda y: y[token]), ('contrast.', lambda y: y[token] - y[rival])):
        s, p = embed(source_ids).requires_grad_(), embed(prefix_ids).requires_grad_()
        gs, gp = torch.autograd.grad(measure(logits(source_ids, prefix_ids, s, p)[t]), (s, p))
        kept[name + 'source'].append(gs[0, :, ::8]); kept[name + 'prefix'].append(gp[0, :, ::8])
    for side in ('source', 'prefix'):
        base = embed(source_ids if side == 'source' else prefix_ids); total = torch.zeros_like(base)
        for k in range(32):
            x = (base * ((k + 0.5) / 32)).requires_grad_()
            s, p = (x, embed(prefix_ids)) if side == 'source' else (embed(source_ids), x)
            total += torch.autograd.grad(logits(source_ids, prefix_ids, s, p)[t, token], x)[0]
        kept['integrated.' + side].append((total / 32 * base).sum(-1)[0])
save_file({name: torch.stack(rows).contiguous() for name, rows in kept.items()}, out)
json.dump({'torch': torch.__version__, 'transformers': transformers.__version__, 'text': text, 'source': source_ids[0].tolist(), 'target': target, 'rivals': rivals, 'logits': pairs}, open(out_json, 'w'), ensure_ascii=False)

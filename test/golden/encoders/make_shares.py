"""What the words of texts have in a similarity or in a logit: gradient x word embedding by PyTorch's autograd.
ModernBERT adds nothing to word embeddings before their norm, which takes their length away: its input is the normed embedding.

    make_shares.py FOLDER-OF-GOLDENS OUT.json NAME ...     (torch, transformers 5.24)

FOLDER-OF-GOLDENS has NAME/model. Vectors: pooling (cls, max, mean) and dense layers of modules.json, then the cosine.
"""
import json, sys
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformers import AutoModel, AutoModelForSequenceClassification, AutoTokenizer

torch.set_num_threads(1)
TEXTS = ['Where did Mary go yesterday?', 'Mary went to Boston with her brother.']


def embedded(model, tokenizer, text):
    if model.config.model_type == 'modernbert': return normed(model, tokenizer, text)
    inputs = tokenizer(text, return_tensors='pt')
    ids = inputs.pop('input_ids')
    rows = model.get_input_embeddings()(ids).detach().requires_grad_(True)
    return ids, rows, inputs


def normed(model, tokenizer, text):
    """The rows after the norm of embeddings, which a hook puts in the place of those that the model makes."""
    embeddings = getattr(model, 'model', model).embeddings
    inputs = tokenizer(text, return_tensors='pt')
    ids = inputs.pop('input_ids')
    rows = embeddings(ids).detach().requires_grad_(True)
    inputs['own'] = rows
    return ids, rows, inputs


def run(model, rows, inputs):
    own = inputs.pop('own', None)
    if own is None: return model(inputs_embeds=rows, **inputs)
    hook = getattr(model, 'model', model).embeddings.register_forward_hook(lambda *_: own)
    made = model(inputs_embeds=rows, **inputs)
    hook.remove()
    return made


def vector_of(folder, states):
    modules = json.loads((folder / 'modules.json').read_text()) if (folder / 'modules.json').exists() else []
    poolings = [m['path'] for m in modules if m['type'].endswith('Pooling')]
    modes = json.loads((folder / poolings[0] / 'config.json').read_text()) if poolings else {'pooling_mode': 'mean'}
    named = modes.get('pooling_mode')
    has = lambda name, old: named == name or (isinstance(named, list) and name in named) or modes.get(old, False)
    parts = []
    if has('cls', 'pooling_mode_cls_token'): parts.append(states[0])
    if has('max', 'pooling_mode_max_tokens'): parts.append(states.max(0).values)
    if has('mean', 'pooling_mode_mean_tokens'): parts.append(states.mean(0))
    x = torch.cat(parts)
    for module in modules:
        if module['type'].endswith('Dense'):
            config = json.loads((folder / module['path'] / 'config.json').read_text())
            weights = load_file(str(folder / module['path'] / 'model.safetensors'))
            x = torch.nn.functional.linear(x, weights['linear.weight'], weights.get('linear.bias'))
            if config['activation_function'].endswith('Tanh'): x = torch.tanh(x)
        if module['type'].endswith('Normalize'): x = torch.nn.functional.normalize(x, dim=0)
    return x


def of(folder):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    architecture = json.loads((folder / 'config.json').read_text())['architectures'][0]
    if architecture.endswith('ForSequenceClassification'):
        model = AutoModelForSequenceClassification.from_pretrained(folder, attn_implementation='eager').eval()
        ids, rows, inputs = embedded(model, tokenizer, TEXTS[0])
        logits = run(model, rows, inputs).logits[0]
        found = []
        for label in range(len(logits)):
            gradient, = torch.autograd.grad(logits[label], rows, retain_graph=True)
            found.append({'logit': logits[label].item(), 'shares': (gradient * rows)[0].sum(-1).tolist()})
        return {'text': TEXTS[0], 'input_ids': ids[0].tolist(), 'labels': found}
    model = AutoModel.from_pretrained(folder, attn_implementation='eager').eval()
    both = [embedded(model, tokenizer, text) for text in TEXTS]
    vectors = [vector_of(folder, run(model, rows, inputs).last_hidden_state[0]) for _, rows, inputs in both]
    similarity = torch.nn.functional.cosine_similarity(*vectors, dim=0)
    gradients = torch.autograd.grad(similarity, [rows for _, rows, _ in both])
    shares = [(g * rows)[0].sum(-1).tolist() for g, (_, rows, _) in zip(gradients, both)]
    return {'texts': TEXTS, 'input_ids': [ids[0].tolist() for ids, _, _ in both], 'similarity': similarity.item(), 'shares': shares}


goldens, out, *names = sys.argv[1:]
found = {name: of(Path(goldens) / name / 'model') for name in names}
Path(out).write_text(json.dumps(json.loads(json.dumps(found), parse_float=lambda x: round(float(x), 7)), indent=1) + '\n')

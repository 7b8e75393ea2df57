"""Writes int8.json: the scores that CTranslate2 gives the targets of expected.json where it multiplies in int8 (needs ctranslate2 4.8)."""
import json, os
import ctranslate2

here = os.path.dirname(os.path.abspath(__file__))
expected = json.load(open(f'{here}/expected.json'))
out = {}
for name in ('marian-int8', 'm2m-int8'):
    prefix = expected['folders'][f'models/{name}']['target_prefix']
    translator = ctranslate2.Translator(f'{here}/models/{name}', compute_type='int8', intra_threads=1)
    targets = [([prefix] if prefix else []) + tokens for tokens in expected['targets']]
    out[name] = [s.log_probs for s in translator.score_batch(expected['sources'], targets)]
json.dump(out, open(f'{here}/int8.json', 'w'), separators=(',', ':'))

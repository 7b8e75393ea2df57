"""Writes unknown.json: what CTranslate2 makes of unknown tokens with replace_unknowns (make_unknown.py, beside the folders; needs ctranslate2 4.8)."""
import json, os
import ctranslate2

here = os.path.dirname(os.path.abspath(__file__))
expected = json.load(open(f'{here}/expected.json'))
out = {}
for name in ('marian-int8', 'm2m-int8', 't5-int16', 'shaw-bfloat16'):
    folder = f'{here}/models/{name}'
    vocabulary = json.load(open(f'{folder}/shared_vocabulary.json'))
    kept = ['<unk>', '</s>'] + vocabulary[20:26]  # few tokens are left, so that unknown ones come out
    suppressed = [token for token in vocabulary if token not in kept]
    sources = [tokens[:2] + ['qqq', 'ŵŵ'] + tokens[2:] for tokens in expected['sources'][:8]]
    options = dict(beam_size=4, num_hypotheses=2, suppress_sequences=[[t] for t in suppressed], max_decoding_length=12)
    translator = ctranslate2.Translator(folder, compute_type='float32', intra_threads=1)
    # One source at a time: in batches CTranslate2 4.8 takes the first token's attention from another source.
    replaced, plain = ([translator.translate_batch([s], replace_unknowns=on, **options)[0] for s in sources] for on in (True, False))
    out[name] = {'sources': sources, 'suppressed': suppressed, 'hypotheses': [r.hypotheses for r in replaced], 'plain': [r.hypotheses for r in plain]}
json.dump(out, open(f'{here}/unknown.json', 'w'), ensure_ascii=False, separators=(',', ':'))

"""Writes options.json: what CTranslate2 4.8 translates with models/onmt-float16 under the options of docs/from-ctranslate2.md, in float32."""
import json, os, shutil, tempfile
import ctranslate2

here = os.path.dirname(os.path.abspath(__file__))
model = f'{here}/models/onmt-float16'
sources = json.load(open(f'{here}/expected.json'))['sources']
sources = [[token for token in source if token != 'zzz'] for source in sources]
plain = ctranslate2.Translator(model, compute_type='float32', intra_threads=1)
greedy = plain.translate_batch(sources, beam_size=1, max_decoding_length=12)
frequent = max({t for r in greedy for t in r.hypotheses[0]}, key=lambda t: sum(r.hypotheses[0].count(t) for r in greedy))
other = next(t for r in greedy for t in r.hypotheses[0] if t != frequent)
prefixes = [[other] if i % 2 else [frequent, other] for i in range(len(sources))]
cases = {
    'default': {},
    'min': dict(beam_size=1, min_decoding_length=5),
    'ngram': dict(beam_size=1, no_repeat_ngram_size=2),
    'penalty': dict(beam_size=1, repetition_penalty=1.5),
    'suppress': dict(beam_size=4, suppress_sequences=[[frequent]]),
    'suppressSequences': dict(beam_size=4, suppress_sequences=[[frequent, frequent]]),
    'prefixes': dict(beam_size=1, target_prefix=prefixes),
    'attention': dict(beam_size=1, return_attention=True),
}
out = {'sources': sources, 'frequent': frequent, 'prefixes': prefixes, 'cases': {}}
for name, options in cases.items():
    results = plain.translate_batch(sources, return_scores=True, max_decoding_length=12, **options)
    out['cases'][name] = [{'tokens': r.hypotheses[0], 'score': r.scores[0]} for r in results]
    if name == 'attention':
        out['attention'] = [[[round(float(x), 6) for x in row] for row in r.attention[0]] for r in results]
with tempfile.TemporaryDirectory() as scratch:
    folder = f'{scratch}/model'
    shutil.copytree(model, folder)
    tokens = json.load(open(f'{folder}/shared_vocabulary.json'))
    # Each source token may become its two neighbours in the vocabulary.
    lines = [f'{t}\t{tokens[(i + 1) % len(tokens)]} {tokens[(i + 2) % len(tokens)]}' for i, t in enumerate(tokens) if i > 3]
    out['vmap'] = '\n'.join(['\t' + ' '.join(tokens[4:9]), *lines]) + '\n'
    open(f'{folder}/vmap.txt', 'w').write(out['vmap'])
    mapped = ctranslate2.Translator(folder, compute_type='float32', intra_threads=1)
    # One source at a time: in a batch CTranslate2 joins the candidates of all sources.
    results = [mapped.translate_batch([s], beam_size=2, use_vmap=True, return_scores=True, max_decoding_length=12)[0] for s in sources]
    out['cases']['vmap'] = [{'tokens': r.hypotheses[0], 'score': r.scores[0]} for r in results]
json.dump(out, open(f'{here}/options.json', 'w'), ensure_ascii=False, separators=(',', ':'))

"""slimt's side of bench/questions/slimt.ts: translates texts from text to text, by one worker.

Answers each line of JSON with one; the first line that it prints is its version.
  { model, texts, batch, … }   a folder of a model, texts, and how many of them go together → { texts, seconds, busy }, the clock's seconds and
                               those of processors
"""
import glob
import importlib.metadata
import importlib.util
import json
import sys
import time
import types

from answering import answer

# The package's __init__ asks a server for a list of models: its native module is imported without it.
package = types.ModuleType('slimt')
package.__path__ = list(importlib.util.find_spec('slimt').submodule_search_locations)
sys.modules['slimt'] = package
from slimt import _slimt as slimt  # noqa: E402

service = slimt.Service(workers=1)
models = {}


def model_of(folder):
    if folder not in models:
        model, vocabulary, shortlist = (glob.glob(f'{folder}/{name}')[0] for name in ('model*.bin', '*.spm', 'lex*.bin'))
        models[folder] = slimt.Model(slimt.Config(), slimt.Package(model=model, vocabulary=vocabulary, shortlist=shortlist))
    return models[folder]


def translated(request):
    model, texts, batch = model_of(request['model']), request['texts'], request['batch']
    found = []
    start, busy = time.perf_counter(), time.process_time()
    for i in range(0, len(texts), batch):
        found += service.translate(model, texts[i:i + batch], False)
    seconds, busy = time.perf_counter() - start, time.process_time() - busy
    return {'texts': [each.target.text for each in found], 'seconds': seconds, 'busy': busy}


print('slimt', importlib.metadata.version('slimt'), flush=True)
answer(lambda line: json.dumps(translated(json.loads(line))))

"""faster-whisper's and whisper.cpp's side of bench/questions/speech.ts: transcribes what it is told.

Answers a line for each line of input; the first one that it prints is its version.
  prepare MODEL PRECISION THREADS BEAM BATCHED   loads a model; BATCHED is 1 for windows side by side
  run FILE LANGUAGE                              answers with JSON: wall and CPU seconds, and the text
The engine is the argument: faster-whisper or whisper.cpp.
"""
import json
import os
import resource
import sys
import time
import wave
from importlib.metadata import version

import numpy as np

from answering import answer, commands

engine = sys.argv[1]
transcribe = None


def sound(path):
    with wave.open(path) as file:
        return np.frombuffer(file.readframes(file.getnframes()), '<i2').astype(np.float32) / 32768


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def prepare_faster(model, precision, threads, beam, batched):
    from faster_whisper import BatchedInferencePipeline, WhisperModel

    loaded = WhisperModel(model, device='cpu', compute_type=precision, cpu_threads=threads)
    options = dict(beam_size=beam, temperature=0.0, condition_on_previous_text=False)
    if batched:
        pipeline = BatchedInferencePipeline(loaded)
        return lambda samples, language: pipeline.transcribe(samples, language=language, batch_size=8, without_timestamps=False, **options)[0]
    return lambda samples, language: loaded.transcribe(samples, language=language, **options)[0]


def prepare_cpp(model, precision, threads, beam, batched):
    from pywhispercpp.model import Model

    quiet = dict(print_progress=False, print_realtime=False, redirect_whispercpp_logs_to=None)
    loaded = Model(model, params_sampling_strategy=0 if beam == 1 else 1, n_threads=threads, **quiet)
    options = dict(temperature_inc=0.0, no_context=True, print_progress=False)
    options |= dict(greedy={'best_of': 1}) if beam == 1 else dict(beam_search={'beam_size': beam, 'patience': -1.0})
    return lambda samples, language: loaded.transcribe(samples, language=language, **options)


def prepare(model, precision, threads, beam, batched):
    global transcribe
    transcribe = None  # two models do not stay in memory beside each other
    make = prepare_faster if engine == 'faster-whisper' else prepare_cpp
    transcribe = make(model, precision, int(threads), int(beam), batched == '1')
    return 'ready'


def run(path, language):
    samples = sound(path)
    wall, used = time.perf_counter(), cpu()
    text = ' '.join(segment.text.strip() for segment in transcribe(samples, language))
    return json.dumps(dict(wall=time.perf_counter() - wall, cpu=cpu() - used, text=text), ensure_ascii=False)


answers = os.fdopen(os.dup(1), 'w')  # whisper.cpp prints on standard output
os.dup2(2, 1)
name = 'faster-whisper' if engine == 'faster-whisper' else 'pywhispercpp'
print(f'{engine} {version(name)}', file=answers, flush=True)
answer(commands(prepare=prepare, run=run), answers)

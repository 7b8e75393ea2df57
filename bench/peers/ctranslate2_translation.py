"""CTranslate2's side of bench/questions/ctranslate2.ts: translates what it is told, as often as it is told.

Answers a line for each line of input; the first one that it prints is its version and the precisions that it has here.
  prepare MODEL PRECISION THREADS BEAM LENGTH SENTENCES   sentences of ids without the end, 5,6,7/8,9: makes a translation of each,
                                                          LENGTH tokens, and answers with its ids
  run RUNS                                                answers with the seconds of so many translations of the same sentences
"""
import ctranslate2

from answering import answer, commands, seconds

translators = {}
translate = None


def prepare(model, precision, threads, beam, length, sentences):
    global translate
    key = (model, precision, threads)
    if key not in translators:
        translators.clear()  # large models do not stay in memory beside each other
        threading = dict(inter_threads=1, intra_threads=int(threads))
        translators[key] = ctranslate2.Translator(model, device='cpu', compute_type=precision, **threading)
    pieces = [[f't{i}' for i in sentence.split(',')] for sentence in sentences.split('/')]
    exactly = dict(min_decoding_length=int(length), max_decoding_length=int(length))
    # 0: all sentences in one batch.
    translate = lambda: translators[key].translate_batch(pieces, beam_size=int(beam), max_batch_size=0, **exactly)
    return '/'.join(','.join(piece[1:] for piece in result.hypotheses[0]) for result in translate())


def run(runs):
    return seconds(runs, translate)


print(ctranslate2.__version__, *sorted(ctranslate2.get_supported_compute_types('cpu')), flush=True)
answer(commands(prepare=prepare, run=run))

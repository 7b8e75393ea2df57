"""CTranslate2's side of bench/questions/ctranslate2.ts: translates what it is told, as often as it is told.

Answers a line for each line of input; the first one that it prints is its version and the precisions that it has here.
  prepare MODEL PRECISION THREADS BEAM LENGTH SENTENCES   sentences of ids without the end, 5,6,7/8,9: makes a translation of each,
                                                          LENGTH tokens, or to its end for 0, and answers with its ids, and behind a space with the fastest settings
  run RUNS                                                answers with the seconds of so many translations of the same sentences
"""
import ctranslate2

from answering import answer, commands, seconds

# Translators of one model and precision by (inter_threads, intra_threads): threads over batches, and threads within one.
translators = {}
translate = None

# Runs of each setting before the fastest is chosen; the best of them counts.
TRIES = 3


def prepare(model, precision, threads, beam, length, sentences):
    global translate
    threads = int(threads)
    pieces = [[f't{i}' for i in sentence.split(',')] for sentence in sentences.split('/')]
    length = int(length)
    exactly = dict(min_decoding_length=length, max_decoding_length=length) if length else {}

    def with_settings(inter, intra, batch, unit):
        translator = loaded(model, precision, inter, intra)
        return lambda: translator.translate_batch(pieces, beam_size=int(beam), max_batch_size=batch, batch_type=unit, **exactly)

    # All sentences in one batch (0), on all threads or on one, which does not wait for others; or a part for each thread.
    settings = {(1, threads, 0, 'examples'), (1, 1, 0, 'examples')}
    if threads > 1 and len(pieces) > 1:
        settings.add((threads, 1, -(-len(pieces) // threads), 'examples'))
    if not length:
        # Sentences of many lengths: it sorts them, and batches of fewer tokens have less padding.
        settings |= {(inter, threads // inter, tokens, 'tokens') for inter in {1, threads} for tokens in (512, 1024, 2048)}
    works = {setting: with_settings(*setting) for setting in settings}
    fastest = min(works, key=lambda setting: min(float(seconds(1, works[setting])) for _ in range(TRIES)))
    translate = works[fastest]
    made = '/'.join(','.join(piece[1:] for piece in result.hypotheses[0]) for result in translate())
    return '{} inter_threads={},intra_threads={},max_batch_size={},batch_type={}'.format(made, *fastest)


def loaded(model, precision, inter, intra):
    key = (model, precision, inter, intra)
    if key not in translators:
        # Large models do not stay in memory beside each other.
        if any(known[:2] != key[:2] for known in translators):
            translators.clear()
        threading = dict(inter_threads=inter, intra_threads=intra)
        translators[key] = ctranslate2.Translator(model, device='cpu', compute_type=precision, **threading)
    return translators[key]


def run(runs):
    return seconds(runs, translate)


print(ctranslate2.__version__, *sorted(ctranslate2.get_supported_compute_types('cpu')), flush=True)
answer(commands(prepare=prepare, run=run))

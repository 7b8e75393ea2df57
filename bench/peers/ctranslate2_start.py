"""CTranslate2's side of bench/questions/start.ts: translates one text and ends, as a command would.

ctranslate2_start.py CONVERTED TOKENIZER PRECISION BEAMS TEXT   as those of ctranslate2_server.py; prints the translation, and behind it
                                                                the seconds of processor time that the process has taken
"""
import os
import resource
import sys

import ctranslate2
from ctranslate2_server import MOST_TOKENS, Pieces

converted, tokenizer, precision, beams, text = sys.argv[1:]
pieces = Pieces(tokenizer)
translator = ctranslate2.Translator(f'{converted}/{precision}', device='cpu', compute_type=precision, intra_threads=1)
settings = dict(beam_size=int(beams), max_decoding_length=MOST_TOKENS)
print(pieces.text(translator.translate_batch([pieces.of(text)], **settings)[0].hypotheses[0]))
spent = resource.getrusage(resource.RUSAGE_SELF)
print(spent.ru_utime + spent.ru_stime, flush=True)
os._exit(0)

"""Cuts texts with the SentencePiece library.

Input (JSON): {"model": path, "texts": [...]}; output: {"ids": [[...]], "normalized": [...], "decoded": [...], and the special ids}.
"""

import json
import sys

import sentencepiece

question = json.load(sys.stdin)
model = sentencepiece.SentencePieceProcessor(model_file=question["model"])
ids = model.encode(question["texts"])
answer = {
    "ids": ids,
    "normalized": [model.normalize(text) for text in question["texts"]],
    "decoded": model.decode(ids),
    "size": model.get_piece_size(),
    "special": [model.unk_id(), model.bos_id(), model.eos_id(), model.pad_id()],
}
json.dump(answer, sys.stdout)

"""Trains a vocabulary with the SentencePiece library and counts the pieces of other texts.

Input (JSON): {"train": [...], "held_out": [...], "type": ..., "size": ...}; output: {"pieces": number of pieces}.
"""

import io
import json
import sys

import sentencepiece

question = json.load(sys.stdin)
model = io.BytesIO()
sentencepiece.SentencePieceTrainer.train(
    sentence_iterator=iter(question["train"]),
    model_writer=model,
    model_type=question["type"],
    vocab_size=question["size"],
    character_coverage=1.0,
    num_threads=1,
    minloglevel=2,
)
processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
json.dump({"pieces": sum(len(ids) for ids in processor.encode(question["held_out"]))}, sys.stdout)

"""Trains vocabularies with the SentencePiece library and counts what other sentences are cut into.

python train.py DATA prints the numbers that sentencepiece-vocabulary.test.ts compares with (0.2.3); DATA is the folder of
the French-English sentences.
"""

import gzip
import io
import itertools
import sys

import sentencepiece


def sentences(part, pairs):
    with gzip.open(f"{sys.argv[1]}/tatoeba-fr-en.{part}.tsv.gz", "rt", encoding="utf-8") as lines:
        for line in itertools.islice(lines, pairs):
            yield from line.rstrip("\n").split("\t")[:2]


for model_type in ["unigram", "bpe"]:
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=sentences("train", 20_000),
        model_writer=model,
        model_type=model_type,
        vocab_size=4000,
        character_coverage=1.0,
        num_threads=1,
        minloglevel=2,
    )
    processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
    ids = processor.encode(list(sentences("valid", 2000)))
    pieces = sum(len(sentence) for sentence in ids)
    score = sum(processor.get_score(piece) for sentence in ids for piece in sentence)
    print(model_type, "pieces:", pieces, "sum of scores:", score)

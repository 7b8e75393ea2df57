"""Models of kinds that ../shared/golden/tokenizers has not, what SentencePiece makes of odd texts with them, and the ids of a
text of 200 kB (as a SHA-256), in which sums of float32 lose digits.

usage: make_small_models.py     (needs sentencepiece 0.2.3 and protobuf; writes small-models.json beside itself)
"""
import base64, hashlib, io, json, pathlib, random, tempfile

import sentencepiece as spm
from sentencepiece import sentencepiece_model_pb2 as proto

HERE = pathlib.Path(__file__).parent
LINES = json.loads((HERE / "lines.json").read_text(encoding="utf-8"))["text"]
FRENCH = LINES[60:245]
PLAIN = dict(normalization_rule_name="identity", num_threads=1, minloglevel=2)
SYMBOLS = ["<sep>", "##", "#a"]
WIDE = ["Ж日", "日~", "~Ж", "Ж😀", "😀~~"]
MODELS = {  # name: (options, share of the normal pieces that are made UNUSED)
    "word, suffix": (dict(model_type="word", vocab_size=120, treat_whitespace_as_suffix=True), 0),
    "word, no dummy prefix, unused pieces": (dict(model_type="word", vocab_size=120, add_dummy_prefix=False), 0.2),
    "char, byte fallback": (dict(model_type="char", vocab_size=320, byte_fallback=True), 0),
    "char, unused pieces": (dict(model_type="char", vocab_size=50, user_defined_symbols=SYMBOLS), 0.2),
    "bpe, unused pieces": (dict(model_type="bpe", vocab_size=250, user_defined_symbols=SYMBOLS), 0.3),
    "bpe, suffix, byte fallback": (dict(model_type="bpe", vocab_size=400, byte_fallback=True, treat_whitespace_as_suffix=True,
                                        remove_extra_whitespaces=False), 0),
    "unigram, unused pieces": (dict(vocab_size=200, user_defined_symbols=SYMBOLS), 0.3),
    "unigram, denormalizer": (dict(vocab_size=150, denormalization_rule_tsv="61\t78 79\n20 62\t5F\n"), 0),
}


def train(options, unused):
    model = io.BytesIO()
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as rules:
        if "denormalization_rule_tsv" in options:
            rules.write(options["denormalization_rule_tsv"])
            rules.flush()
            options = options | dict(denormalization_rule_tsv=rules.name)
        spm.SentencePieceTrainer.train(sentence_iterator=iter(FRENCH), model_writer=model, **(PLAIN | options))
    found, chance = proto.ModelProto(), random.Random(1)
    found.ParseFromString(model.getvalue())
    found.trainer_spec.ClearField("input")
    found.denormalizer_spec.ClearField("normalization_rule_tsv")
    for piece in found.pieces:
        if piece.type == 1 and chance.random() < unused:
            piece.type = 5
    return found.SerializeToString(deterministic=True)


def texts():
    chance, parts = random.Random(7), ["<sep>", "##", "#a", "</s>", "<unk>", "<s>", "<0x41>", "le", "ment", "\u0301"]
    letters = list(" \u2581aébcAB<>sep/#'.,\t\n\u00a0Ж😀\0\u0001ﬃ\ufeff\ufffd")
    return [LINES[i] for i in range(0, 60, 2)] + [
        "".join(chance.choice(parts) if chance.random() < 0.2 else chance.choice(letters) for _ in range(chance.randrange(1, 24)))
        for _ in range(60)]


def golden(data, rows):
    sp = spm.SentencePieceProcessor(model_proto=data)
    ids = [sp.encode(text) for text in rows]
    return dict(model=base64.b64encode(data).decode(), ids=ids, normalized=[sp.normalize(t) for t in rows], decoded=[sp.decode(i) for i in ids])


def long_text(file):
    """The ids of all lines with a space between, 8 times over."""
    sp = spm.SentencePieceProcessor(model_file=str(HERE / file))
    ids = sp.encode(" ".join(LINES) * 8)
    return dict(file=file, count=len(ids), sha256=hashlib.sha256(json.dumps(ids, separators=(",", ":")).encode()).hexdigest())


def ties(file):
    """Texts full of symbols whose segmentations have the same score, but for rounding."""
    sp, chance = spm.SentencePieceProcessor(model_file=str(HERE / file)), random.Random(3)
    rows = ["".join(chance.choice(["#", "##", "###", "<sep>", "a", "le", " ", "Ж"]) for _ in range(chance.randrange(3, 16))) for _ in range(150)]
    return dict(file=file, texts=rows, ids=[sp.encode(row) for row in rows])


def symbols():
    """Symbols of several bytes that overlap: the search counts their bytes, the lattice of n-best segmentations their characters."""
    data = train(dict(vocab_size=120, user_defined_symbols=WIDE), 0)
    sp, chance = spm.SentencePieceProcessor(model_proto=data), random.Random(5)
    rows = ["".join(chance.choice(["Ж", "日", "~", "😀", "a"]) for _ in range(chance.randrange(3, 16))) for _ in range(40)]
    return dict(model=base64.b64encode(data).decode(), texts=rows, ids=[sp.encode(row) for row in rows],
                best=[sp.nbest_encode_as_ids(row, 2)[0] for row in rows])


spm.SetMinLogLevel(2)
rows = texts()
found = dict(sentencepiece=spm.__version__, texts=rows, models={name: golden(train(*how), rows) for name, how in MODELS.items()},
             ties=ties("unigram-cf-1000.model"), symbols=symbols(), long=long_text("unigram-cf-1000.model"))
(HERE / "small-models.json").write_text(json.dumps(found, ensure_ascii=True, separators=(",", ":")) + "\n", encoding="utf-8")

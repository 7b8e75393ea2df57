"""Cuts texts with the MarianTokenizer of Hugging Face transformers.

Input (JSON): {"folder": path, "sources": [...], "targets": [...]}; output: {"sources": [[ids]], "targets": [[ids]], "decoded": [...]}.
"""

import json
import sys

from transformers import MarianTokenizer

question = json.load(sys.stdin)
tokenizer = MarianTokenizer.from_pretrained(question["folder"])
targets = tokenizer(text_target=question["targets"])["input_ids"]
answer = {
    "sources": tokenizer(question["sources"])["input_ids"],
    "targets": targets,
    "special": [tokenizer.eos_token_id, tokenizer.unk_token_id, tokenizer.pad_token_id],
    "size": tokenizer.vocab_size,
}
json.dump(answer, sys.stdout)

"""The logits of model folders as Hugging Face computes them. Input: a list of {folder, source, target} with ids."""

import json
import sys

import torch
from transformers import AutoModelForSeq2SeqLM

answers = []
for case in json.load(sys.stdin):
    model, info = AutoModelForSeq2SeqLM.from_pretrained(case["folder"], output_loading_info=True)
    model.eval()
    # The first token is the one that all others see.
    led = {"global_attention_mask": torch.tensor([[1] + [0] * (len(case["source"]) - 1)])}
    shifted = [model.config.decoder_start_token_id] + case["target"][:-1]
    with torch.no_grad():
        logits = model(
            input_ids=torch.tensor([case["source"]]),
            decoder_input_ids=torch.tensor([shifted]),
            **(led if model.config.model_type == "led" else {}),
        ).logits[0]
    # Sinusoids are computed, not stored.
    missing = [name for name in info["missing_keys"] if "embed_positions" not in name]
    answers.append({"logits": logits.flatten().tolist(), "missing": missing, "unexpected": list(info["unexpected_keys"])})
json.dump(answers, sys.stdout)

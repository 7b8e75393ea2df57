"""Logits of a model with an adapter by PEFT: { base, adapter, source, target } from standard input, ids with the start."""
import json, sys
import torch
from peft import PeftModel
from transformers import AutoModelForSeq2SeqLM

given = json.load(sys.stdin)
base = AutoModelForSeq2SeqLM.from_pretrained(given['base'], dtype=torch.float32)
model = PeftModel.from_pretrained(base, given['adapter']).eval()
with torch.no_grad():
    logits = model(input_ids=torch.tensor([given['source']]), decoder_input_ids=torch.tensor([given['target']])).logits
json.dump(logits.flatten().tolist(), sys.stdout)

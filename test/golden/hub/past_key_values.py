"""Keys and values of the first layer after one call of transformers 4.57.3: past_key_values.py > past_key_values.json."""
import json
from pathlib import Path

import torch
from transformers import AutoModelForSeq2SeqLM

here = Path(__file__).parent
found = {}
for name in ["t5", "bart", "m2m100"]:
    golden = json.loads((here / name / "expected.json").read_text())
    model = AutoModelForSeq2SeqLM.from_pretrained(here / name / "model", dtype=torch.float32).eval()
    source = golden["input_ids"][0][: golden["lengths"][0]]
    read = [model.config.decoder_start_token_id, *golden["targets"][0][:-1]]
    with torch.no_grad():
        past = model(input_ids=torch.tensor([source]), decoder_input_ids=torch.tensor([read])).past_key_values
    own, cross = past.self_attention_cache.layers[0], past.cross_attention_cache.layers[0]
    tensors = {"decoder.key": own.keys, "decoder.value": own.values, "encoder.key": cross.keys, "encoder.value": cross.values}
    found[name] = {
        kind: {"dims": list(tensor.shape), "values": [float(f"{value:.6g}") for value in tensor.flatten().tolist()]}
        for kind, tensor in tensors.items()
    }
print(json.dumps(found))

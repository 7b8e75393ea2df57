"""T5 with numbers of buckets that no multiple of 4 is: buckets of distances, and a small model with its logits, by transformers.

Run in this folder: python make.py.
"""

import json
import os

import torch
import transformers
from transformers import T5Config, T5ForConditionalGeneration
from transformers.models.t5.modeling_t5 import T5Attention

distances = list(range(-40, 41))
buckets = [
    {
        "buckets": count,
        "furthest": furthest,
        "bidirectional": bidirectional,
        "of": T5Attention._relative_position_bucket(torch.tensor(distances), bidirectional, count, furthest).tolist(),
    }
    for count in (4, 5, 6, 7, 10, 31, 33)
    for furthest in (20, 128)
    for bidirectional in (True, False)
]
torch.manual_seed(1)
config = T5Config(
    vocab_size=24, d_model=8, d_kv=4, d_ff=12, num_layers=2, num_decoder_layers=1, num_heads=2,
    relative_attention_num_buckets=10, relative_attention_max_distance=9, pad_token_id=0, eos_token_id=1,
    decoder_start_token_id=0,
)
model = T5ForConditionalGeneration(config).eval()
source, target = [(7 * k) % 20 + 3 for k in range(14)] + [1], [5, 21, 18, 9, 4, 7, 11, 8, 3, 19, 1]
with torch.no_grad():
    for weight in model.parameters():
        weight += 0.3 * torch.randn_like(weight)
    logits = model(input_ids=torch.tensor([source]), decoder_input_ids=torch.tensor([[0] + target[:-1]])).logits[0]
model.save_pretrained("model")
for name in os.listdir("model"):
    if name not in ("config.json", "generation_config.json", "model.safetensors"):
        os.remove(os.path.join("model", name))
expected = {
    "transformers": transformers.__version__,
    "source": source,
    "target": target,
    "logits": [round(value, 6) for value in logits.flatten().tolist()],
    "distances": distances,
    "buckets": buckets,
}
with open("expected.json", "w") as file:
    json.dump(expected, file)
    file.write("\n")

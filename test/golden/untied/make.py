"""Small models of the families like BART with `tie_word_embeddings: false`, as transformers 5 writes them, with the logits that it computes.

Run in this folder: python make.py. Each table of embeddings has other random values: transformers 5 embeds by those of the two sides.
"""

import json
import os

import torch
import transformers
from transformers import (
    BartConfig,
    BartForConditionalGeneration,
    BlenderbotConfig,
    BlenderbotForConditionalGeneration,
    M2M100Config,
    M2M100ForConditionalGeneration,
    MarianConfig,
    MarianMTModel,
    MBartConfig,
    MBartForConditionalGeneration,
    PegasusConfig,
    PegasusForConditionalGeneration,
)

families = {
    "bart": (BartConfig, BartForConditionalGeneration),
    "blenderbot": (BlenderbotConfig, BlenderbotForConditionalGeneration),
    "m2m100": (M2M100Config, M2M100ForConditionalGeneration),
    "marian": (MarianConfig, MarianMTModel),
    "mbart": (MBartConfig, MBartForConditionalGeneration),
    "pegasus": (PegasusConfig, PegasusForConditionalGeneration),
}
settings = dict(
    tie_word_embeddings=False, vocab_size=24, d_model=8, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
    decoder_attention_heads=2, encoder_ffn_dim=12, decoder_ffn_dim=12, max_position_embeddings=16, init_std=0.5,
    pad_token_id=1, eos_token_id=2, bos_token_id=0, decoder_start_token_id=2, forced_eos_token_id=2,
)
source, target = [11, 9, 7, 20, 13, 2], [5, 21, 18, 2]
expected = {"transformers": transformers.__version__, "source": source, "target": target, "logits": {}}
for k, (family, (Config, Model)) in enumerate(families.items()):
    torch.manual_seed(k)
    model = Model(Config(**settings)).eval()
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "embed_positions" not in name:  # the sinusoids of Marian and Pegasus are parameters too
                weight += 0.1 * torch.randn_like(weight)
        shifted = [settings["decoder_start_token_id"]] + target[:-1]
        logits = model(input_ids=torch.tensor([source]), decoder_input_ids=torch.tensor([shifted])).logits[0]
    expected["logits"][family] = [round(value, 6) for value in logits.flatten().tolist()]
    model.save_pretrained(family)
    for name in os.listdir(family):
        if name not in ("config.json", "generation_config.json", "model.safetensors"):
            os.remove(os.path.join(family, name))
with open("expected.json", "w") as file:
    json.dump(expected, file)
    file.write("\n")

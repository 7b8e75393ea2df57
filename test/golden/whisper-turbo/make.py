"""The ids that transformers gives for a random model in the shape of Whisper large-v3-turbo.

    python make.py > golden.json

128 mel bins, 51,866 tokens, windows of 30 s, four layers of the decoder, as large-v3-turbo has; widths of 16. Weights and features
come from a hash of their indices, which the test computes too, so that they need not be stored. Made with torch 2.15 and
transformers 4.57.3.
"""

import json
import sys

import numpy as np
import torch
from transformers import GenerationConfig, WhisperConfig, WhisperForConditionalGeneration

FRAMES, MELS, TOKENS = 3000, 128, 51866
END, START, LANGUAGE, TRANSLATE, TIMES = 50257, 50258, 50259, 50359, 50364
CODES = (
    "en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi ml cy sk te fa lv bn sr az "
    "sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am yi lo uz fo ht ps tk nn mt sa lb my bo tl mg as "
    "tt haw ln ha ba jw su yue"
).split()
assert len(CODES) == 100


def noise(count, seed, scale, base):
    x = (np.arange(count, dtype=np.uint64) * 2654435761 + seed * 40503 + 12345) & 0xFFFFFFFF
    for _ in range(2):
        x = ((x ^ (x >> 16)) * 0x45D9F3B) & 0xFFFFFFFF
    x = x ^ (x >> 16)
    return (((x >> 8).astype(np.float64) / (1 << 24) - 0.5) * scale + base).astype(np.float32)


ids = {
    "bos_token_id": END, "decoder_start_token_id": START, "eos_token_id": END, "pad_token_id": END,
    "begin_suppress_tokens": [220, END],
    "suppress_tokens": [1, 2, 7, 8, 9, 10, 14, 25, 503, 1000, START, TRANSLATE, *range(TRANSLATE + 1, TIMES)],
}
config = WhisperConfig(
    vocab_size=TOKENS, num_mel_bins=MELS, d_model=16, encoder_layers=2, decoder_layers=4, encoder_attention_heads=2,
    decoder_attention_heads=2, encoder_ffn_dim=32, decoder_ffn_dim=32, max_source_positions=FRAMES // 2, max_target_positions=448, **ids,
)
generation = {
    **ids, "is_multilingual": True, "max_initial_timestamp_index": 50, "max_length": 448, "no_timestamps_token_id": TIMES,
    "prev_sot_token_id": TRANSLATE + 3, "return_timestamps": False, "alignment_heads": [[2, 0], [3, 1]],
    "lang_to_id": {f"<|{code}|>": LANGUAGE + i for i, code in enumerate(CODES)},
    "task_to_id": {"transcribe": TRANSLATE + 1, "translate": TRANSLATE},
}
model = WhisperForConditionalGeneration(config).eval()
tensors = []
with torch.no_grad():
    for seed, (name, value) in enumerate(sorted(model.named_parameters())):
        scale = 0.2 if name.endswith("bias") else 3.0 if "embed_tokens" in name else 1.0 if "embed" in name else 0.7 if "conv" in name else 1.6
        base = 1.0 if "layer_norm.weight" in name else 0.0
        if "layer_norm" in name:
            scale = 0.3
        value.copy_(torch.from_numpy(noise(value.numel(), seed, scale, base).reshape(value.shape)))
        tensors.append([name, list(value.shape), seed, scale, base])
    model.tie_weights()
model.generation_config = GenerationConfig.from_dict(generation)
features = torch.from_numpy(noise(FRAMES * MELS, 999, 2.0, 0.0).reshape(1, FRAMES, MELS)).transpose(1, 2).contiguous()
cases = []
for language, task, times, beams in [("fr", "transcribe", False, 1), ("yue", "translate", False, 1), ("en", "transcribe", True, 1), ("fr", "transcribe", False, 3)]:
    out = model.generate(
        features, language=language, task=task, return_timestamps=times, num_beams=beams, max_new_tokens=24, return_dict_in_generate=True, output_scores=True,
    )
    if beams == 1 and not times:
        gap = min(float(s[0].topk(2).values[0] - s[0].topk(2).values[1]) for s in out.scores)
        print(language, "smallest distance of the best two logits", gap, file=sys.stderr)
    # With timestamps all windows are joined; the first one is what the model itself has found.
    found = out["segments"][0][0]["result"]["sequences"] if times else out.sequences[0]
    cases.append({"language": language, "task": task, "times": times, "beams": beams, "ids": found.tolist()})
lines = ",\n".join(json.dumps(each) for each in tensors)
runs = ",\n".join(json.dumps(each) for each in cases)
keep = {key: value for key, value in config.to_diff_dict().items() if not key.startswith("transformers")}
print(f'{{"config": {json.dumps(keep)},\n"generation": {json.dumps(generation)},\n"tensors": [\n{lines}],\n"cases": [\n{runs}]}}')

"""Gradients of small models of three families, by transformers and PyTorch's autograd. Run in this folder: python make.py."""

import json
import os

import torch
import transformers
from transformers import (
    LEDConfig, LEDForConditionalGeneration, LongT5Config, LongT5ForConditionalGeneration, SwitchTransformersConfig,
    SwitchTransformersForConditionalGeneration,
)

VOCABULARY = 40
T5 = dict(vocab_size=VOCABULARY, d_model=16, d_kv=6, d_ff=20, num_heads=2, pad_token_id=0, eos_token_id=1, decoder_start_token_id=0,
          relative_attention_num_buckets=8, relative_attention_max_distance=12, dropout_rate=0.0)
MODELS = {
    "longt5-tglobal": LongT5ForConditionalGeneration(LongT5Config(
        **T5, num_layers=2, num_decoder_layers=1, local_radius=4, global_block_size=4, encoder_attention_type="transient-global",
        feed_forward_proj="gated-gelu", tie_word_embeddings=False)),
    "led": LEDForConditionalGeneration(LEDConfig(
        vocab_size=VOCABULARY, d_model=16, encoder_layers=2, decoder_layers=1, encoder_attention_heads=2, decoder_attention_heads=2,
        encoder_ffn_dim=20, decoder_ffn_dim=20, max_encoder_position_embeddings=64, max_decoder_position_embeddings=24,
        attention_window=[4, 8], dropout=0.0, attention_dropout=0.0, pad_token_id=1, bos_token_id=0, eos_token_id=2, decoder_start_token_id=2)),
    "switch": SwitchTransformersForConditionalGeneration(SwitchTransformersConfig(
        **{**T5, "d_ff": 32}, num_layers=4, num_decoder_layers=2, num_experts=3, expert_capacity=64, num_sparse_encoder_layers=2,
        num_sparse_decoder_layers=1, feed_forward_proj="relu", router_jitter_noise=0.0, router_aux_loss_coef=0.02, router_z_loss_coef=0.005)),
}
# Sources of several blocks, of one with a rest, of less than one, and of one token; Switch's have one length, so that nothing is padded.
LENGTHS = {"longt5-tglobal": [43, 17, 2, 1], "led": [43, 17, 2, 1], "switch": [11, 11, 11]}
TARGETS = {"longt5-tglobal": [5, 9, 3, 4], "led": [5, 9, 3, 4], "switch": [7, 7, 7]}


def spread(model, generator):
    for name, weight in model.named_parameters():
        noise = torch.randn(weight.shape, generator=generator)
        if weight.dim() >= 2:
            weight.data = noise * (0.9 if "embed" in name or "shared" in name else 0.25)
        else:
            weight.data = (1 if "norm" in name and name.endswith("weight") else 0) + 0.2 * noise
    model.tie_weights()


def save(model, folder):
    model.save_pretrained(folder)
    for name in os.listdir(folder):
        if name not in ("config.json", "model.safetensors"):
            os.remove(os.path.join(folder, name))


for name, model in MODELS.items():
    generator = torch.Generator().manual_seed(3)
    model.eval()
    spread(model, generator)
    os.makedirs(name, exist_ok=True)
    save(model, os.path.join(name, "model"))
    end = model.config.eos_token_id
    ids = lambda count: torch.randint(3, VOCABULARY, (count - 1,), generator=generator).tolist() + [end]
    pairs = [{"source": ids(s), "target": ids(t)} for s, t in zip(LENGTHS[name], TARGETS[name])]
    torch.set_default_dtype(torch.float64)
    model.double()
    for module in model.modules():
        if hasattr(module, "router"):
            module.router.dtype = torch.float64
    if name == "led":
        model.final_logits_bias.requires_grad_(True)
    expected = {"transformers": transformers.__version__, "torch": torch.__version__}
    if name == "switch":
        source, target = (torch.tensor([pair[side] for pair in pairs]) for side in ("source", "target"))
        out = model(input_ids=source, labels=target)
        loss = out.loss
        expected["routers"] = {
            "balance": (out.encoder_aux_loss + out.decoder_aux_loss).item(),
            "z": (out.encoder_z_loss + out.decoder_z_loss).item(),
        }
    else:
        tokens = sum(TARGETS[name])
        loss = 0
        for pair in pairs:
            given = {}
            if name == "led":
                given["global_attention_mask"] = torch.tensor([[1] + [0] * (len(pair["source"]) - 1)])
            own = model(input_ids=torch.tensor([pair["source"]]), labels=torch.tensor([pair["target"]]), **given).loss
            loss = loss + own * len(pair["target"]) / tokens
    loss.backward()
    with torch.no_grad():
        for weight in [*model.parameters(), *model.buffers()]:
            weight.copy_(torch.zeros_like(weight) if weight.grad is None else weight.grad)
    torch.set_default_dtype(torch.float32)
    save(model.float(), os.path.join(name, "gradients"))
    with open(os.path.join(name, "expected.json"), "w") as file:
        json.dump({**expected, "loss": loss.item(), "pairs": pairs}, file)
        file.write("\n")
    print(name, expected, loss.item())

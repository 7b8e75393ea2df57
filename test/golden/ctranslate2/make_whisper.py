"""Writes whisper-int8: a small random WhisperSpec, as CTranslate2's own specifications write it, and some of its values (needs ctranslate2 4.8)."""
import json, os
import numpy as np
from ctranslate2.specs import whisper_spec

here = os.path.dirname(os.path.abspath(__file__))
rng = np.random.default_rng(5)
D, FF = 8, 16
spec = whisper_spec.WhisperSpec(1, 2, 1, 2)
n = lambda *s: rng.standard_normal(s).astype(np.float32)
def norm(x): x.gamma, x.beta = n(D), n(D)
def lin(l, o, i): l.weight, l.bias = n(o, i), n(o)
for conv, i in ((spec.encoder.conv1, 4), (spec.encoder.conv2, D)): conv.weight, conv.bias = n(D, i, 3), n(D)
embeddings = n(12, D)
spec.decoder.embeddings.weight = embeddings
spec.decoder.projection.weight = embeddings
spec.decoder.scale_embeddings = False
for side in (spec.encoder, spec.decoder):
    side.position_encodings.encodings = n(6, D); norm(side.layer_norm)
    for layer in side.layer:
        for a in [layer.self_attention] + ([layer.attention] if side is spec.decoder else []):
            norm(a.layer_norm)
            for l, o in zip(a.linear, [3 * D, D] if a is layer.self_attention else [D, 2 * D, D]): lin(l, o, D)
        norm(layer.ffn.layer_norm); lin(layer.ffn.linear_0, FF, D); lin(layer.ffn.linear_1, D, FF)
spec.register_vocabulary([f't{i}' for i in range(12)])
values = {
    'decoder.0.crossAttention.value.weight': spec.decoder.layer[0].attention.linear[1].weight[D:],
    'encoder.0.selfAttention.key.bias': spec.encoder.layer[0].self_attention.linear[0].bias[D:2 * D],
    'encoder.positions.weight': spec.encoder.position_encodings.encodings,
    'encoder.conv2.weight': spec.encoder.conv2.weight, 'decoder.embedding.weight': embeddings,
}
values = {k: np.asarray(v).ravel().tolist() for k, v in values.items()}
spec.validate(); spec.optimize(quantization='int8')
os.makedirs(f'{here}/whisper-int8', exist_ok=True); spec.save(f'{here}/whisper-int8')
json.dump(values, open(f'{here}/whisper-int8.json', 'w'), separators=(',', ':'))

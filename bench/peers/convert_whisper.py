"""Makes of a Whisper folder in Hugging Face's layout what a peer loads.

convert_whisper.py ctranslate2 FOLDER OUT   writes OUT/float32 and OUT/int8 for faster-whisper
convert_whisper.py ggml FOLDER OUT          writes OUT/ggml-f16.bin for whisper.cpp
convert_whisper.py onnx FOLDER OUT          writes OUT/whisper, which transformers.js takes as a model: fp32 and q8
"""
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

import numpy as np


def for_ctranslate2(folder, out):
    from ctranslate2.converters import TransformersConverter

    files = [name for name in ('tokenizer.json', 'preprocessor_config.json') if os.path.exists(f'{folder}/{name}')]
    for precision in ('float32', 'int8'):
        converter = TransformersConverter(folder, copy_files=files)
        converter.convert(f'{out}/{precision}', quantization=None if precision == 'float32' else precision)


# OpenAI's names, which whisper.cpp has, for those of transformers.
NAMES = [
    (r'^model\.', ''), (r'\.layers\.', '.blocks.'), (r'decoder\.embed_tokens', 'decoder.token_embedding'),
    (r'encoder\.embed_positions\.weight', 'encoder.positional_embedding'),
    (r'decoder\.embed_positions\.weight', 'decoder.positional_embedding'),
    (r'encoder\.layer_norm', 'encoder.ln_post'), (r'decoder\.layer_norm', 'decoder.ln'),
    (r'\.self_attn_layer_norm', '.attn_ln'), (r'\.encoder_attn_layer_norm', '.cross_attn_ln'),
    (r'\.final_layer_norm', '.mlp_ln'), (r'\.encoder_attn\.', '.cross_attn.'), (r'\.self_attn\.', '.attn.'),
    (r'\.q_proj', '.query'), (r'\.k_proj', '.key'), (r'\.v_proj', '.value'), (r'\.out_proj', '.out'),
    (r'\.fc1', '.mlp.0'), (r'\.fc2', '.mlp.2'),
]


def mel_filters(count):
    mels = np.linspace(0, 15 + np.log(8) / (np.log(6.4) / 27), count + 2)
    hz = np.where(mels >= 15, 1000 * np.exp(np.log(6.4) / 27 * (mels - 15)), 200 / 3 * mels)
    ramps = hz[:, None] - np.linspace(0, 8000, 201)[None]
    lower, upper = -ramps[:-2] / np.diff(hz)[:-1, None], ramps[2:] / np.diff(hz)[1:, None]
    return (np.maximum(0, np.minimum(lower, upper)) * (2 / (hz[2:] - hz[:-2]))[:, None]).astype('<f4')


def token_bytes(folder, count):
    """The bytes of each token of text, by GPT-2's letters for bytes."""
    shown = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = {chr(byte): byte for byte in shown}
    letters |= {chr(256 + i): byte for i, byte in enumerate(byte for byte in range(256) if byte not in shown)}
    vocabulary = json.load(open(f'{folder}/tokenizer.json', encoding='utf-8'))['model']['vocab']
    tokens = [b''] * count
    for token, i in vocabulary.items():
        if i < count:
            tokens[i] = bytes(letters.get(letter, 63) for letter in token)
    return tokens


def for_ggml(folder, out):
    from safetensors.torch import load_file

    config = json.load(open(f'{folder}/config.json'))
    tensors = {}
    for name, tensor in load_file(f'{folder}/model.safetensors').items():
        for before, after in NAMES:
            name = re.sub(before, after, name)
        tensors[name] = tensor.float().numpy()
    tensors.pop('proj_out.weight', None)
    heads = (config['encoder_attention_heads'], config['encoder_layers'])
    sizes = [config['vocab_size'], config['max_source_positions'], config['d_model'], *heads,
             config['max_target_positions'], config['d_model'], config['decoder_attention_heads'],
             config['decoder_layers'], config['num_mel_bins'], 1]
    os.makedirs(out)
    with open(f'{out}/ggml-f16.bin', 'wb') as file:
        file.write(struct.pack('<I11i', 0x67676d6c, *sizes))
        filters = mel_filters(config['num_mel_bins'])
        file.write(struct.pack('<2i', *filters.shape) + filters.tobytes())
        tokens = token_bytes(folder, 50257)
        file.write(struct.pack('<i', len(tokens)))
        for token in tokens:
            file.write(struct.pack('<i', len(token)) + token)
        for name, tensor in tensors.items():
            if name in ('encoder.conv1.bias', 'encoder.conv2.bias'):
                tensor = tensor.reshape(-1, 1)
            whole = tensor.ndim < 2 or tensor.shape[-1] == 1 or name.endswith('positional_embedding')
            data = tensor.astype('<f4' if whole else '<f2')
            file.write(struct.pack('<3i', data.ndim, len(name), 0 if whole else 1))
            file.write(struct.pack(f'<{data.ndim}i', *reversed(data.shape)) + name.encode() + data.tobytes())


def for_onnx(folder, out):
    from onnxruntime.quantization import QuantType, quantize_dynamic

    made = f'{out}/whisper'
    with tempfile.TemporaryDirectory() as exported:
        command = [sys.executable, '-m', 'optimum.commands.optimum_cli', 'export', 'onnx', '--model', folder]
        subprocess.run([*command, '--task', 'automatic-speech-recognition-with-past', exported], check=True, stdout=sys.stderr)
        os.makedirs(f'{made}/onnx')
        for part in ('encoder_model', 'decoder_model_merged'):
            shutil.copy(f'{exported}/{part}.onnx', f'{made}/onnx')
            quantize_dynamic(f'{exported}/{part}.onnx', f'{made}/onnx/{part}_quantized.onnx', weight_type=QuantType.QUInt8,
                             extra_options={'EnableSubgraph': True})
    for name in os.listdir(folder):
        if name.endswith('.json') or name == 'merges.txt':
            shutil.copy(f'{folder}/{name}', made)


peer, folder, out = sys.argv[1:]
{'ctranslate2': for_ctranslate2, 'ggml': for_ggml, 'onnx': for_onnx}[peer](folder, out)

"""Makes of a folder in Hugging Face's Marian layout what the peers load.

convert.py MARIAN OUT
Writes OUT/ctranslate2-{float32,int8} (and bfloat16) and OUT/onnx, which transformers.js takes as a model: fp32 and q8.
Pieces are named t0, t1, … by their ids: the bench hands in ids, and no tokenizer is there.
"""
import os
import shutil
import subprocess
import sys
import tempfile

from ctranslate2.converters.transformers import MarianMTLoader
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import MarianMTModel


def convert_for_ctranslate2(marian, out, precision):
    """The library's own converter wants a tokenizer; this goes the same way without one."""
    model = MarianMTModel.from_pretrained(marian)
    spec = MarianMTLoader().get_model_spec(model)
    # The last id, padding, is what Marian starts with: a zero embedding here, and no piece.
    pieces = [f't{i}' for i in range(model.config.vocab_size - 1)]
    pieces[0], pieces[1] = '</s>', '<unk>'
    spec.register_source_vocabulary(pieces)
    spec.register_target_vocabulary(pieces)
    spec.config.eos_token = spec.config.decoder_start_token = '</s>'
    spec.config.unk_token = '<unk>'
    spec.config.add_source_eos = True
    spec.validate()
    spec.optimize(quantization=None if precision == 'float32' else precision)
    os.makedirs(out)
    spec.save(out)


def convert_for_onnx(marian, out):
    """Encoder, and decoder with past and without in one graph; q8 as transformers.js' own script makes it: per tensor, dynamic."""
    with tempfile.TemporaryDirectory() as exported:
        task = ['--task', 'text2text-generation-with-past']
        command = [sys.executable, '-m', 'optimum.commands.optimum_cli', 'export', 'onnx']
        subprocess.run([*command, '--model', marian, *task, exported], check=True, stdout=sys.stderr)
        os.makedirs(f'{out}/onnx')
        for part in ('encoder_model', 'decoder_model_merged'):
            shutil.copy(f'{exported}/{part}.onnx', f'{out}/onnx')
            quantize_dynamic(f'{exported}/{part}.onnx', f'{out}/onnx/{part}_quantized.onnx', weight_type=QuantType.QUInt8,
                             extra_options={'EnableSubgraph': True})
    for name in ('config.json', 'generation_config.json'):
        shutil.copy(f'{marian}/{name}', out)


marian, out = sys.argv[1:]
for precision in ('float32', 'bfloat16', 'int8'):
    convert_for_ctranslate2(marian, f'{out}/ctranslate2-{precision}', precision)
convert_for_onnx(marian, f'{out}/onnx')

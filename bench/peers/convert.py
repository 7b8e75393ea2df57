"""Makes of a folder in Hugging Face's layout (Marian, M2M100 or T5) what a peer loads.

convert.py ctranslate2 FOLDER OUT   writes OUT/float32, OUT/bfloat16 and OUT/int8
convert.py onnx FOLDER OUT          writes OUT/onnx, which transformers.js takes as a model: fp32 and q8
Pieces are named t0, t1, … by their ids: the bench hands in ids, and no tokenizer is there.
"""
import os
import shutil
import subprocess
import sys
import tempfile

from transformers import AutoModelForSeq2SeqLM

# The ids of <unk>, which config.json does not have.
UNKNOWN = {'marian': 1, 'm2m_100': 3, 't5': 2}


def convert_for_ctranslate2(folder, out, precision):
    """The library's own converter wants a tokenizer; this goes the same way without one."""
    from ctranslate2.converters.transformers import M2M100Loader, MarianMTLoader, T5Loader

    model = AutoModelForSeq2SeqLM.from_pretrained(folder)
    config = model.config
    class LearnedStart(MarianMTLoader):
        """Models of ours begin with padding as they have learned it; those of Marian with zeros, for which padding is left out."""

        def set_decoder(self, spec, decoder):
            super().set_decoder(spec, decoder)
            spec.start_from_zero_embedding = False

        def _remove_pad_weights(self, spec):
            pass

    learned = config.model_type == 'marian' and bool(model.get_input_embeddings().weight[config.decoder_start_token_id].any())
    if learned:
        model.final_logits_bias[:, config.pad_token_id] = -1e9  # it is never a token of a translation
    loaders = {'marian': LearnedStart if learned else MarianMTLoader, 'm2m_100': M2M100Loader, 't5': T5Loader}
    spec = loaders[config.model_type]().get_model_spec(model)
    pieces = [f't{i}' for i in range(config.vocab_size)]
    pieces[config.pad_token_id] = '<pad>'
    pieces[config.eos_token_id] = '</s>'
    pieces[UNKNOWN[config.model_type]] = '<unk>'
    start = pieces[config.decoder_start_token_id]
    if config.model_type == 'marian' and not learned:
        # The last id, padding, is what Marian starts with: a zero embedding here, and no piece.
        pieces.pop()
        start = '</s>'
    spec.register_source_vocabulary(pieces)
    spec.register_target_vocabulary(pieces)
    spec.config.decoder_start_token = start
    spec.config.eos_token = '</s>'
    spec.config.unk_token = '<unk>'
    spec.config.add_source_eos = True
    spec.validate()
    spec.optimize(quantization=None if precision == 'float32' else precision)
    os.makedirs(out)
    spec.save(out)


def convert_for_onnx(folder, out):
    """Encoder, and decoder with past and without in one graph; q8 as transformers.js' own script makes it: per tensor, dynamic."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory() as exported:
        task = ['--task', 'text2text-generation-with-past']
        command = [sys.executable, '-m', 'optimum.commands.optimum_cli', 'export', 'onnx']
        subprocess.run([*command, '--model', folder, *task, exported], check=True, stdout=sys.stderr)
        os.makedirs(f'{out}/onnx')
        for part in ('encoder_model', 'decoder_model_merged'):
            shutil.copy(f'{exported}/{part}.onnx', f'{out}/onnx')
            quantize_dynamic(f'{exported}/{part}.onnx', f'{out}/onnx/{part}_quantized.onnx', weight_type=QuantType.QUInt8,
                             extra_options={'EnableSubgraph': True})
    for name in ('config.json', 'generation_config.json'):
        shutil.copy(f'{folder}/{name}', out)


peer, folder, out = sys.argv[1:]
if peer == 'onnx':
    convert_for_onnx(folder, f'{out}/onnx')
else:
    for precision in ('float32', 'bfloat16', 'int8'):
        convert_for_ctranslate2(folder, f'{out}/{precision}', precision)

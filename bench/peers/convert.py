"""Makes of a folder in Hugging Face's layout (Marian, M2M100, T5 or BART) what a peer loads.

convert.py ctranslate2 FOLDER OUT   writes OUT/float32, OUT/bfloat16 and OUT/int8
convert.py onnx FOLDER OUT          writes OUT/onnx, which transformers.js takes as a model: fp32 and q8
convert.py pytorch FOLDER OUT       writes OUT as transformers has it
convert.py marian FOLDER OUT        writes OUT/model.npz and OUT/vocabulary.yml of a Marian model, which never ends before its limit
Pieces are named t0, t1, … by their ids: the bench hands in ids, and no tokenizer is there.
"""
import os
import shutil
import subprocess
import sys
import tempfile

from transformers import AutoModelForSeq2SeqLM

# The ids of <unk>, which config.json does not have.
UNKNOWN = {'marian': 1, 'm2m_100': 3, 't5': 2, 'bart': 3}


def convert_for_ctranslate2(folder, out, precision):
    """The library's own converter wants a tokenizer; this goes the same way without one."""
    from ctranslate2.converters.transformers import BartLoader, M2M100Loader, MarianMTLoader, T5Loader

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
    if config.model_type == 'bart':
        # Names of an older version of transformers, for which CTranslate2 asks.
        config.normalize_before, config.normalize_embedding = False, True
    loaders = {'marian': LearnedStart if learned else MarianMTLoader, 'm2m_100': M2M100Loader, 't5': T5Loader, 'bart': BartLoader}
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


# The settings that Marian's models tell beside their sizes: the paper's layers, as HuggingFace's Marian has them.
MARIAN = {
    'type': 'transformer', 'version': 'v1.12.0', 'max-length': 1000, 'skip': False, 'right-left': False, 'input-types': [],
    'tied-embeddings-all': True, 'tied-embeddings': False, 'tied-embeddings-src': False, 'layer-normalization': False,
    'embedding-fix-src': False, 'embedding-fix-trg': False, 'factors-combine': 'sum', 'factors-dim-emb': 0, 'lemma-dependency': '', 'lemma-dim-emb': 0,
    'transformer-preprocess': '', 'transformer-postprocess': 'dan', 'transformer-postprocess-emb': 'd', 'transformer-postprocess-top': '',
    'transformer-ffn-depth': 2, 'transformer-decoder-ffn-depth': 0, 'transformer-decoder-dim-ffn': 0, 'transformer-decoder-autoreg': 'self-attention',
    'transformer-train-position-embeddings': False, 'transformer-depth-scaling': False, 'transformer-tied-layers': [],
    'transformer-guided-alignment-layer': 'last', 'transformer-no-projection': False, 'transformer-no-bias': False, 'transformer-no-affine': False,
    'transformer-flat-heads': False, 'transformer-dim-aan': 2048, 'transformer-aan-depth': 2, 'transformer-aan-activation': 'swish',
    'transformer-aan-nogate': False, 'enc-type': 'bidirectional', 'enc-cell': 'gru', 'enc-cell-depth': 1, 'dec-cell': 'gru', 'dec-cell-base-depth': 2,
    'dec-cell-high-depth': 1, 'dim-rnn': 1024, 'ulr': False, 'ulr-dim-emb': 0, 'ulr-trainable-transformation': False, 'char-stride': 5,
    'char-highway': 4, 'char-conv-filters-num': [200], 'char-conv-filters-widths': [1], 'bert-train-type-embeddings': True, 'bert-type-vocab-size': 2,
}


def convert_for_marian(folder, out):
    """Padding is not a piece there: Marian starts with zeros. The bias of the end is so low that only the limit ends a translation."""
    import json

    import numpy as np
    import yaml

    model = AutoModelForSeq2SeqLM.from_pretrained(folder)
    config = model.config
    weights = {name: weight.float().numpy() for name, weight in model.state_dict().items()}
    kept = [i for i in range(config.vocab_size) if i != config.pad_token_id]
    bias = weights['final_logits_bias'].copy()
    bias[:, config.eos_token_id] = -1e9
    made = {'Wemb': weights['model.shared.weight'][kept], 'decoder_ff_logit_out_b': bias[:, kept]}

    def norm(ours, theirs):
        made[f'{theirs}_scale'] = weights[f'{ours}.weight'][None]
        made[f'{theirs}_bias'] = weights[f'{ours}.bias'][None]

    def attention(ours, theirs):
        for name, projection in (('q', 'q_proj'), ('k', 'k_proj'), ('v', 'v_proj'), ('o', 'out_proj')):
            made[f'{theirs}_W{name}'] = weights[f'{ours}.{projection}.weight'].T.copy()
            made[f'{theirs}_b{name}'] = weights[f'{ours}.{projection}.bias'][None]
        norm(f'{ours}_layer_norm', f'{theirs}_Wo_ln')

    for side, layers in (('encoder', config.encoder_layers), ('decoder', config.decoder_layers)):
        for i in range(layers):
            ours, theirs = f'model.{side}.layers.{i}', f'{side}_l{i + 1}'
            attention(f'{ours}.self_attn', f'{theirs}_self')
            if side == 'decoder':
                attention(f'{ours}.encoder_attn', f'{theirs}_context')
            for k in (1, 2):
                made[f'{theirs}_ffn_W{k}'] = weights[f'{ours}.fc{k}.weight'].T.copy()
                made[f'{theirs}_ffn_b{k}'] = weights[f'{ours}.fc{k}.bias'][None]
            norm(f'{ours}.final_layer_norm', f'{theirs}_ffn_ffn_ln')
    shape = {
        **MARIAN, 'dim-vocabs': [len(kept)] * 2, 'dim-emb': config.d_model, 'enc-depth': config.encoder_layers, 'dec-depth': config.decoder_layers,
        'transformer-heads': config.encoder_attention_heads, 'transformer-dim-ffn': config.encoder_ffn_dim,
        'transformer-ffn-activation': config.activation_function,
    }
    made['special:model.yml'] = np.frombuffer(yaml.dump(shape).encode() + b'\0', dtype=np.int8)
    np.savez(f'{out}/model.npz', **made)
    special = {config.eos_token_id: '</s>', UNKNOWN['marian']: '<unk>'}
    with open(f'{out}/vocabulary.yml', 'w') as file:
        json.dump({special.get(id, f't{id}'): row for row, id in enumerate(kept)}, file)


peer, folder, out = sys.argv[1:]
if peer == 'onnx':
    convert_for_onnx(folder, f'{out}/onnx')
elif peer == 'pytorch':
    AutoModelForSeq2SeqLM.from_pretrained(folder).save_pretrained(out)
elif peer == 'marian':
    convert_for_marian(folder, out)
else:
    for precision in ('float32', 'bfloat16', 'int8'):
        convert_for_ctranslate2(folder, f'{out}/{precision}', precision)

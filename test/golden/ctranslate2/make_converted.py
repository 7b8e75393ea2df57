"""Writes converted/: models of ../hub as CTranslate2's own converter for Hugging Face's models writes them.

    make_converted.py HUB        (HUB: the shared folder's golden/hub; needs ctranslate2 4.8, transformers and torch)

The models have no tokenizers: a list of names of tokens takes their place. expected.json has what CTranslate2 translates, in float32.
"""
import json, os, shutil, sys
import ctranslate2, torch, transformers
from ctranslate2.converters import transformers as loaders

here = os.path.dirname(os.path.abspath(__file__))
FAMILIES = {'marian-f16': 'float16', 'm2m100': 'int8_float16', 'bart': 'int8_float16', 'mbart': 'int8_float16', 'pegasus': 'int8_float16'}


class Tokens:
    """As much of a tokenizer as the loaders ask for."""

    def __init__(self, config):
        size = config.vocab_size
        self.tokens = [f'▁t{i}' for i in range(size)]
        special = {'pad': config.pad_token_id, 'eos': config.eos_token_id, 'unk': 3, 'bos': getattr(config, 'bos_token_id', None)}
        for name, text in {'bos': '<s>', 'unk': '<unk>', 'pad': '<pad>', 'eos': '</s>'}.items():
            if special[name] is not None: self.tokens[special[name]] = text
        self.bos_token, self.eos_token, self.unk_token, self.pad_token = '<s>', '</s>', '<unk>', '<pad>'
        self.unk_token_id, self.special_tokens_map = 3, {}

    def get_vocab(self): return {token: i for i, token in enumerate(self.tokens)}
    def convert_ids_to_tokens(self, i): return self.tokens[i]
    def __len__(self): return len(self.tokens)


out = {}
for family, kind in FAMILIES.items():
    model = transformers.AutoModelForSeq2SeqLM.from_pretrained(f'{sys.argv[1]}/{family}/model', torch_dtype=torch.float32)
    model.eval()
    # Settings of the models on the hub, which the loader reads.
    model.config.normalize_before, model.config.normalize_embedding = family != 'bart', family in ('bart', 'mbart')
    model.config.tokenizer_class = 'MBart50Tokenizer' if family == 'mbart' else None
    loader = loaders._MODEL_LOADERS[type(model.config).__name__]
    spec = loader(model, Tokens(model.config))
    spec.validate(); spec.optimize(quantization=kind)
    folder = f'{here}/converted/{family}'
    shutil.rmtree(folder, ignore_errors=True); os.makedirs(folder)
    spec.save(folder)
    tokens = Tokens(model.config).tokens
    sources = [[tokens[5 + (7 * i + 11 * k) % 80] for k in range(3 + i)] + ['</s>'] for i in range(6)]
    results = ctranslate2.Translator(folder, compute_type='float32', intra_threads=1).translate_batch(
        sources, beam_size=2, max_decoding_length=12, return_scores=True)
    out[family] = {'sources': sources, 'tokens': [r.hypotheses[0] for r in results], 'scores': [r.scores[0] for r in results]}
json.dump(out, open(f'{here}/converted/expected.json', 'w'), separators=(',', ':'), ensure_ascii=False)

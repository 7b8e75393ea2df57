import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { english, french } from '../../../examples/number-words/numbers.mjs'

const dist = process.argv[2] ?? fileURLToPath(new URL('../../../dist', import.meta.url))
const { initialise } = await import(join(dist, 'train/initialise.js'))
const { readTrainConfig } = await import(join(dist, 'train/config.js'))
const { train } = await import(join(dist, 'train/train.js'))
const { Translator } = await import(join(dist, 'translate/translator.js'))
const { Weights } = await import(join(dist, 'weights/weights.js'))

process.chdir(fileURLToPath(new URL('.', import.meta.url)))
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex')
const write = (name, value) => writeFileSync(name, `${JSON.stringify(value)}\n`)

const stack = (layers) => ({ layers, heads: 2, dHead: 3, dFeedForward: 10 })
const base = {
  dModel: 8,
  encoder: stack(1),
  decoder: stack(2),
  activation: 'relu',
  norm: { kind: 'layerNorm', order: 'post', epsilon: 1e-5 },
  positions: { kind: 'halves' },
  embeddingScale: 1,
  sourceVocabulary: 12,
  targetVocabulary: 12,
  sharedEmbedding: true,
  tiedOutput: true,
  outputBias: true,
  linearBias: true,
  outputScale: 1,
  ids: { end: 0, start: 11, padding: 11, unknown: 1 },
  maxLength: 16,
}
const untied = { sharedEmbedding: false, tiedOutput: false, sourceVocabulary: 9 }
const models = {
  marian: base,
  untied: { ...base, ...untied },
  learned: { ...base, ...untied, positions: { kind: 'learned', rows: 18, offset: 2 }, norm: { ...base.norm, order: 'pre' } },
  relative: {
    ...base,
    positions: { kind: 'relative', clip: 2 },
    norm: { kind: 'rmsNorm', order: 'postFinal', epsilon: 1e-6 },
  },
  plain: { ...base, sharedEmbedding: false, linearBias: false, outputBias: false, encoder: stack(2), decoder: stack(1) },
}
const places = {}
for (const [name, config] of Object.entries(models)) {
  const weights = new Weights(config)
  const hashOf = (kind) => {
    initialise(weights, 3, kind)
    return sha256(new Uint8Array(weights.values.buffer))
  }
  const encodings = ['float32', 'int8'].map((encoding) => {
    const { placements, values } = new Weights(config, encoding)
    const all = [...placements.values()]
    return [encoding, { size: values.length, places: all.map((p) => [p.name, p.rows, p.width, p.offset, p.encoding]) }]
  })
  const parameters = weights.parameters.map(({ name, rows, width }) => [name, rows, width])
  places[name] = {
    config,
    first: { glorot: hashOf('glorot'), normal: hashOf('normal') },
    parameters,
    encodings: Object.fromEntries(encodings),
  }
}
write('places.json', places)

writeFileSync('pairs.tsv', Array.from({ length: 60 }, (_, n) => `${french(n)}\t${english(n)}\n`).join(''))
const settings = readTrainConfig(
  {
    data: { train: { path: 'pairs.tsv' }, heldOut: 5 },
    vocabulary: { type: 'words', size: 60 },
    model: { dModel: 8, heads: 2, encoderLayers: 1, decoderLayers: 1, dFeedForward: 16, maxLength: 20 },
    training: { steps: 8, batchTokens: 100, warmup: 2, learningRate: 0.02, dropout: 0.1, saveEvery: 4 },
    validation: { every: 4, sentences: 2 },
  },
  'settings',
)
const js = { backend: 'js', threads: 1, precision: 'float32' }
for (const folder of ['run', 'whole', 'model']) rmSync(folder, { recursive: true, force: true })
const stop = new AbortController()
await train(settings, 'run', { ...js, signal: stop.signal }, { step: ({ step }) => step === 4 && stop.abort() })
const { model } = await train(settings, 'whole', js)
cpSync(model, 'model', { recursive: true })
rmSync('whole', { recursive: true })
const translator = await Translator.load('model', { backend: 'js' })
const { alternatives } = await translator.translate(french(42), { beams: 4, alternatives: 2 })
await translator.close()
write('expected.json', {
  weights: sha256(readFileSync('model/model.safetensors')),
  source: french(42),
  alternatives: alternatives.map(({ text, score }) => ({ text, score })),
})

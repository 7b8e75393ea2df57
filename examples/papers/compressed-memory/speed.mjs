/**
 * Tokens a second of a step of training, of a decoder alone of five layers (width 256) over one text: full attention, local attention (256), and
 * local attention and compressed memory in turn (LMLML). With `step`, the milliseconds in which the decoder reads one more token behind so many.
 *
 *     node speed.mjs 2000 8000
 *     node speed.mjs step 8000
 */
import { Weights } from 'glassformer'
import { initialize, ModelInspector, TrainingStep } from 'glassformer/inspect'
import { argumentsFor } from '../arguments.mjs'

const isStep = process.argv[2] === 'step'
const given = argumentsFor('node speed.mjs [step] LENGTH…', isStep ? 2 : 1)
const lengths = given.slice(isStep ? 1 : 0).map(Number)
const kinds = { full: undefined, local: { local: 256 }, LMLML: { local: 256, compressed: { factor: 3 } } }

/** A new model. */
function modelOf(attention, length) {
  const stack = { layers: 5, heads: 4, dHead: 64, dFeedForward: 1024, ...(attention && { attention }) }
  const weights = new Weights({
    kind: 'decoderOnly',
    dModel: 256,
    encoder: { ...stack, layers: 0, attention: undefined },
    decoder: stack,
    activation: 'relu',
    norm: { kind: 'layerNorm', order: 'pre', epsilon: 1e-6 },
    positions: { kind: 'halves' },
    embeddingScale: 16,
    sourceVocabulary: 4000,
    targetVocabulary: 4000,
    sharedEmbedding: true,
    tiedOutput: true,
    outputBias: false,
    linearBias: true,
    outputScale: 1,
    ids: { end: 0, start: 1, padding: null, unknown: null, sourceStart: 1, sourceEnd: 'none' },
    maxLength: length + 1,
  })
  initialize(weights, 1)
  return weights
}

/** A step of training of a new model. */
function trainingOf(attention, length) {
  const weights = modelOf(attention, length)
  const { player } = ModelInspector.of(weights, { threads: 1 })
  return new TrainingStep(player, weights, {
    loss: { smoothing: 0, over: 'all' },
    dropout: { residual: 0, attention: 0, activation: 0 },
    optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.98, epsilon: 1e-9, weightDecay: 0 },
    clip: 0,
    seed: 1,
  })
}

for (const length of isStep ? lengths : []) {
  for (const [kind, attention] of Object.entries(kinds)) {
    const inspector = ModelInspector.of(modelOf(attention, length), { threads: 1 })
    const { times } = inspector.profile('step', { sources: [[1]], length }, 3)
    const milliseconds = 1000 * times.reduce((sum, time) => sum + time, 0)
    console.log(`a token behind ${length - 1}, ${kind}: ${milliseconds.toFixed(2)} ms`)
    inspector.close()
  }
}
for (const length of isStep ? [] : lengths) {
  const target = Array.from({ length }, (_, i) => 2 + ((i * 7919) % 3998))
  const batch = [{ source: [1], target }]
  const seconds = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, []]))
  const steps = Object.entries(kinds).map(([kind, attention]) => [kind, trainingOf(attention, length)])
  // Runs take turns, so that all of them carry the same load.
  for (let turn = 0; turn < 3; turn++)
    for (const [kind, step] of steps) {
      const begin = process.cpuUsage()
      step.accumulate(batch, turn + 1, length)
      const { user, system } = process.cpuUsage(begin)
      seconds[kind].push((user + system) / 1e6)
    }
  for (const [kind, all] of Object.entries(seconds)) {
    const median = [...all].sort((a, b) => a - b)[1]
    console.log(`${length} tokens, ${kind}: ${(length / median).toFixed(0)} tokens a second of processor time`)
  }
}

/**
 * The smallest translator: "je suis étudiant" → "i am a student", "merci" → "thanks", over a target vocabulary of six
 * words. Prints the model's distribution for the next word, before training and after it, as The Illustrated
 * Transformer draws it.
 *
 *     node examples/six-words/train.mjs [--backend auto|native|js] [--steps 60] [--figures FOLDER]
 *
 * No files and no tokenizer are needed: the inputs are ids, and each step of Adam is on both sentences. With
 * `--figures`, before.svg and after.svg show the distributions of the first sentence.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Weights } from 'glassformer'
import { figure, initialize, ModelInspector, TrainingStep } from 'glassformer/inspect'

const { values: given } = parseArgs({
  options: {
    backend: { type: 'string', default: 'auto' },
    steps: { type: 'string', default: '60' },
    figures: { type: 'string' },
  },
})

// Both sides end with the same id.
const SOURCE = ['je', 'suis', 'étudiant', 'merci', 'bien', '<eos>']
const TARGET = ['a', 'am', 'i', 'thanks', 'student', '<eos>']
const ids = (text, vocabulary) => [...text.split(' '), '<eos>'].map((word) => vocabulary.indexOf(word))
const pairs = [
  ['je suis étudiant', 'i am a student'],
  ['merci', 'thanks'],
].map(([source, target]) => ({ source: ids(source, SOURCE), target: ids(target, TARGET) }))

const stack = { layers: 1, heads: 2, dHead: 8, dFeedForward: 32 }
const weights = new Weights({
  dModel: 16,
  encoder: stack,
  decoder: stack,
  activation: 'relu',
  norm: { kind: 'layerNorm', order: 'post', epsilon: 1e-5 },
  positions: { kind: 'interleaved' },
  embeddingScale: 4,
  sourceVocabulary: SOURCE.length,
  targetVocabulary: TARGET.length,
  sharedEmbedding: false,
  tiedOutput: true,
  outputBias: true,
  linearBias: true,
  outputScale: 1,
  ids: { end: TARGET.indexOf('<eos>'), start: null, padding: null, unknown: null },
  maxLength: 16,
})
initialize(weights, 1)

const inspector = ModelInspector.of(weights, { backend: given.backend })
const training = new TrainingStep(inspector.player, weights, {
  loss: { smoothing: 0, over: 'all' },
  dropout: { residual: 0, attention: 0, activation: 0 },
  optimizer: { kind: 'adam', beta1: 0.9, beta2: 0.98, epsilon: 1e-9, decay: 0 },
  clip: 1,
  seed: 1,
})

console.log('before training')
showDistributions()
drawDistributions('before.svg')
const tokens = pairs.reduce((sum, { target }) => sum + target.length, 0)
for (let step = 1; step <= Number(given.steps); step++) {
  const loss = training.accumulate(pairs, step, tokens) / tokens
  training.update(step, 0.01, training.norm())
  if (step === 1 || step % 20 === 0) console.log(`step ${step}: loss ${loss.toFixed(4)}`)
}
console.log('\nafter training')
showDistributions()
drawDistributions('after.svg')
inspector.close()

/** A row for each position of a target: the probability of each of the six words, given the right words before it. */
function showDistributions() {
  const [logits] = inspector.trace(pairs, ['output.out'])
  const column = (text) => String(text).padStart(9)
  console.log(`${'to be said'.padEnd(12)}${TARGET.map(column).join('')}`)
  pairs.flatMap(({ target }) => target).forEach((id, row) => {
    const chances = softmax(logits.subarray(row * TARGET.length, (row + 1) * TARGET.length))
    console.log(`${TARGET[id].padEnd(12)}${chances.map((chance) => column(chance.toFixed(3))).join('')}`)
  })
  console.log()
}

/** The distributions of the first sentence as a picture. A trace is plain data: the ids are replaced by their words. */
function drawDistributions(file) {
  if (given.figures === undefined) return
  const trace = inspector.inspect(pairs[0].source, { target: pairs[0].target, steps: TARGET.length })
  const named = (choice) => ({ ...choice, token: TARGET[choice.id] })
  trace.target.tokens = trace.target.ids.map((id) => TARGET[id])
  trace.steps = trace.steps.map((step) => ({ ...step, top: step.top.map(named), chosen: named(step.chosen) }))
  mkdirSync(given.figures, { recursive: true })
  writeFileSync(join(given.figures, file), figure('distribution', trace, { theme: 'either' }))
}

function softmax(logits) {
  const most = Math.max(...logits)
  const powers = Array.from(logits, (value) => Math.exp(value - most))
  const sum = powers.reduce((total, value) => total + value)
  return powers.map((value) => value / sum)
}

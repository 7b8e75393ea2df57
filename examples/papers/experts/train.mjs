/**
 * Experts (Shazeer et al. 2017) beside one feed-forward network of as many FLOPs a token: trains three models that translate French number
 * words, and prints their loss on unseen numbers, and how unequal the loads of the decoder's experts are.
 *
 *     node examples/papers/experts/train.mjs [--steps 600] [--below 20000] [--backend auto|native|js] [--output folder]
 */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { ForcedDecoder } from '../../../dist/engine/decode/teacher-forced.js'
import { createPlayer } from '../../../dist/engine/program/create-player.js'
import { createTokenizer } from '../../../dist/files/folders/tokenizers/make-tokenizer.js'
import { loadFolder } from '../../../dist/files/folders/load.js'
import { readTrainConfig } from '../../../dist/learn/train/settings/config.js'
import { train } from '../../../dist/learn/train/train.js'
import { english, french } from '../../number-words/numbers.mjs'

const { values: given } = parseArgs({
  options: {
    steps: { type: 'string', default: '600' },
    below: { type: 'string', default: '20000' },
    backend: { type: 'string', default: 'auto' },
    output: { type: 'string' },
  },
})
const output = given.output ?? mkdtempSync(join(tmpdir(), 'experts-'))
const steps = Number(given.steps)
const EXPERTS = 8
const K = 2
const HIDDEN = 64

mkdirSync(output, { recursive: true })
const numbers = Array.from({ length: Number(given.below) }, (_, n) => n)
const isUnseen = (n) => n > 100 && n % 20 === 7
const file = (name, chosen) => {
  const path = join(output, name)
  writeFileSync(path, chosen.map((n) => `${french(n)}\t${english(n)}\n`).join(''))
  return { path }
}
const data = {
  train: file('train.tsv', numbers.filter((n) => !isUnseen(n))),
  validation: file('unseen.tsv', numbers.filter(isUnseen)),
}

/** The feed-forward layers of each model. */
const models = {
  'one network': { dFeedForward: K * HIDDEN },
  [`${K} of ${EXPERTS} experts`]: { dFeedForward: HIDDEN, feedForward: { experts: EXPERTS, k: K } },
  'without the balance': { dFeedForward: HIDDEN, feedForward: { experts: EXPERTS, k: K, balance: 0 } },
}

console.log('model                 parameters  loss on unseen numbers  greatest load / mean')
for (const [name, own] of Object.entries(models)) {
  const settings = {
    data,
    vocabulary: { size: 200 },
    model: { dModel: 64, encoderLayers: 2, decoderLayers: 2, heads: 4, ...own },
    training: {
      steps,
      batchTokens: 1024,
      schedule: 'cosine',
      learningRate: 3e-3,
      dropout: 0,
      labelSmoothing: 0,
      saveEvery: steps,
    },
    validation: { every: steps, sentences: 20 },
  }
  const folder = join(output, name.replaceAll(' ', '-'))
  const how = { backend: given.backend, threads: availableParallelism(), precision: 'float32' }
  let loss = Number.NaN
  const result = await train(readTrainConfig(settings, name), folder, how, {
    validation: (line) => {
      loss = line.loss
    },
  })
  const { weights, tokenizer } = loadFolder(result.model, { precision: 'float32' })
  const parameters = weights.parameters.reduce((sum, { rows, width }) => sum + rows * width, 0)
  const load = own.feedForward ? greatestLoad(weights, createTokenizer(tokenizer)).toFixed(2) : '–'
  console.log(`${name.padEnd(20)}  ${String(parameters).padStart(10)}  ${loss.toFixed(4).padStart(22)}  ${load.padStart(20)}`)
}

/** The tokens that the decoder's experts have in unseen numbers, the most over the mean; the worst layer. */
function greatestLoad(weights, tokenizer) {
  const { config } = weights
  const player = createPlayer({ backend: given.backend, threads: 1 })
  const pairs = numbers
    .filter(isUnseen)
    .slice(0, 200)
    .map((n) => ({ source: tokenizer.encode(french(n)), target: tokenizer.encodeTarget(english(n)) }))
  const names = Array.from({ length: config.decoder.layers }, (_, i) => `decoder.${i}.feedForward.gates`)
  const loads = new ForcedDecoder(player, weights).trace(pairs, names).map((gates) => {
    const counts = new Array(EXPERTS).fill(0)
    gates.forEach((gate, i) => {
      if (gate > 0) counts[i % EXPERTS]++
    })
    return Math.max(...counts) / (counts.reduce((a, b) => a + b) / EXPERTS)
  })
  player.close()
  return Math.max(...loads)
}

/**
 * Trains a translator of French number words to English ones from scratch: "quatre-vingt-dix-sept" → "ninety-seven".
 *
 *     node examples/number-words/train.mjs [--below 20000] [--steps 300] [--backend auto|native|js] [--output folder]
 *
 * One number in twenty is kept out of training; at the end the model must translate these numbers, which it has never
 * seen.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { createPlayer } from '../../dist/engine/program/create-player.js'
import { Translator } from '../../dist/index.js'
import { whole } from '../../dist/base/values/number-text.js'
import { readTrainConfig } from '../../dist/learn/train/settings/config.js'
import { RunReport } from '../../dist/learn/train/report/run-report.js'
import { train } from '../../dist/learn/train/train.js'
import { english, french } from './numbers.mjs'

const { values: given } = parseArgs({
  options: {
    below: { type: 'string' },
    steps: { type: 'string' },
    backend: { type: 'string', default: 'auto' },
    output: { type: 'string' },
  },
})
const output = given.output ?? mkdtempSync(join(tmpdir(), 'number-words-'))
const isNative = createPlayer({ backend: given.backend, threads: 1 }).info.backend === 'native'
const below = Number(given.below ?? (isNative ? 20_000 : 1000))
const isLarge = below > 1000
const steps = Number(given.steps ?? (isLarge ? 300 : 150))

// The words themselves, 0 to 100, are all in the training data; one in twenty of the composed numbers is not.
const mixed = (n) => Math.imul(Math.imul(n, 0x9e3779b1) ^ (n >>> 7), 0x85ebca6b) >>> 0
const isUnseen = (n) => n > 100 && mixed(n) % 20 === 0
const numbers = Array.from({ length: below }, (_, n) => n)
const unseen = numbers.filter(isUnseen).sort((a, b) => mixed(a) - mixed(b))
const pairs = (chosen) => chosen.map((n) => `${french(n)}\t${english(n)}\n`).join('')
mkdirSync(output, { recursive: true })
const trainPath = join(output, 'train.tsv')
const unseenPath = join(output, 'unseen.tsv')
writeFileSync(trainPath, pairs(numbers.filter((n) => !isUnseen(n))))
writeFileSync(unseenPath, pairs(unseen))

const settings = {
  data: { train: { path: trainPath }, validation: { path: unseenPath } },
  vocabulary: { size: 200 },
  model: isLarge
    ? { dModel: 128, encoderLayers: 2, decoderLayers: 2, heads: 4, dFeedForward: 256 }
    : { dModel: 64, encoderLayers: 1, decoderLayers: 1, heads: 4, dFeedForward: 128 },
  training: {
    steps,
    batchTokens: isLarge ? 2048 : 1024,
    schedule: 'cosine',
    learningRate: isLarge ? 3e-3 : 5e-3,
    dropout: 0,
    labelSmoothing: 0,
    saveEvery: steps,
  },
  validation: { every: Math.ceil(steps / 15), sentences: 50 },
}
const began = performance.now()
const report = new RunReport(output)
const result = await train(
  readTrainConfig(settings, 'number words'),
  output,
  { backend: given.backend, threads: availableParallelism(), precision: 'auto' },
  {
    started: (start) => {
      console.log(`${whole(start.parameters)} parameters; ${whole(below - unseen.length)} numbers to learn from, ${whole(unseen.length)} unseen`)
      report.started(start)
    },
    step: (line) => report.step(line),
    validation(line) {
      report.validation(line)
      const { hypothesis, reference } = line.samples[0]
      console.log(`step ${String(line.step).padStart(4)}  loss ${line.loss.toFixed(4)}  ${reference}: ${hypothesis.slice(0, 80)}`)
    },
  },
)
report.ended(result)
console.log(`${((performance.now() - began) / 1000).toFixed(0)} s, ${join(output, 'report.html')}\n`)

const translator = await Translator.load(result.model, { backend: given.backend })
const translated = await translator.translate(unseen.map(french), { beams: 1 })
await translator.close()
for (const [i, n] of unseen.slice(0, 6).entries()) console.log(`${n}: ${french(n)} → ${translated[i].text}`)
const right = unseen.filter((n, i) => translated[i].text === english(n)).length
console.log(`\n${whole(right)} of ${whole(unseen.length)} unseen numbers are right: ${((100 * right) / unseen.length).toFixed(1)} %`)

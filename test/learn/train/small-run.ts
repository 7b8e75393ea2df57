import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { JsonObject } from '#dist/formats/json/json-text.js'
import { readTrainConfig, type TrainConfig } from '#dist/learn/train/settings/config.js'

const root = mkdtempSync(join(tmpdir(), 'glassformer-train-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

let count = 0

/** The path of a folder that does not exist yet; it is removed after the tests of the file. */
export const newFolder = (): string => join(root, `run-${count++}`)

const UNITS = ['zéro', 'un', 'deux', 'trois', 'quatre', 'cinq', 'six', 'sept', 'huit', 'neuf']
const WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine']

/** A file of digit words, French and English: enough to learn something from in a few steps. */
export function pairsFile(count = 300): string {
  const path = join(root, `pairs-${count}.tsv`)
  const digits = (n: number) =>
    String(1000 + n)
      .split('')
      .map(Number)
  const line = (n: number) =>
    [UNITS, WORDS]
      .map((words) =>
        digits(n)
          .map((digit) => words[digit])
          .join(' '),
      )
      .join('\t')
  writeFileSync(path, `${Array.from({ length: count }, (_, n) => line(n)).join('\n')}\n`)
  return path
}

/** Settings of a training that takes a second, with dropout; `training` and the other parts replace single settings. */
export function smallConfig(
  { training = {}, validation = {}, ...others }: Record<string, JsonObject> = {},
  pairs = pairsFile(),
): TrainConfig {
  return readTrainConfig(
    {
      data: { train: { path: pairs }, heldOut: 20 },
      vocabulary: { size: 60 },
      model: { dModel: 16, heads: 2, encoderLayers: 1, decoderLayers: 1, dFeedForward: 32, maxLength: 40 },
      training: {
        steps: 12,
        batchTokens: 300,
        warmup: 4,
        learningRate: 0.01,
        dropout: 0.1,
        attentionDropout: 0.1,
        activationDropout: 0.1,
        saveEvery: 5,
        ...training,
      },
      validation: { every: 4, sentences: 2, ...validation },
      ...others,
    },
    'settings of a test',
  )
}

/** The bytes of the weights of a model folder. */
export const weightsOf = (model: string): Buffer => readFileSync(join(model, 'model.safetensors'))

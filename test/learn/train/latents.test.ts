import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import type { Player } from '#dist/engine/backend/interface/backend.js'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { LatentCodec } from '#dist/engine/decode/latents/index.js'
import type { LatentsSettings } from '#dist/engine/model/config/latents-settings.js'
import { Weights } from '#dist/engine/weights/weights.js'
import { Autoencoder, Translator } from '#dist/index.js'
import { initialize } from '#dist/learn/train/settings/initialize.js'
import { TrainingStep } from '#dist/learn/train/step/training-step.js'
import { train } from '#dist/learn/train/train.js'
import { codesOfText, translateByCodes } from '#dist/use/latents/index.js'
import { backends } from '../../backends.ts'
import { modelConfig, pairs, trainerOptions } from './small-model.ts'
import { newFolder, pairsFile, smallConfig, weightsOf } from './small-run.ts'

const EVERY = 2
const kinds: LatentsSettings[] = [
  { every: EVERY, kind: 'vq', bits: 4 },
  { every: EVERY, kind: 'dvq', bits: 4 },
  { every: EVERY, kind: 'hash', bits: 4 },
]

function trained(latents: LatentsSettings, steps: number, player: Player = new JsPlayer()) {
  const weights = new Weights({ ...modelConfig, latents })
  initialize(weights, 3)
  const codec = new LatentCodec(player, weights)
  const filled = (count: number, from: number) =>
    pairs(count, from).map(({ target, ...source }) => ({ ...source, target: codec.padded(target) }))
  const dropout = { residual: 0.05, attention: 0, activation: 0 }
  const step = new TrainingStep(player, weights, { ...trainerOptions, dropout })
  const losses: number[] = []
  for (let i = 1; i <= steps; i++) {
    const batch = filled(10, 10 * i)
    const tokens = batch.reduce((sum, { target }) => sum + target.length, 0)
    losses.push(step.accumulate(batch, i, tokens) / tokens)
    step.update(i, 0.01, step.norm())
  }
  return { weights, step, losses, codec, filled }
}

const mean = (values: number[]) => values.reduce((a, b) => a + b) / values.length

describe.each(kinds)('an autoencoder of targets ($kind)', (latents) => {
  test('learns to write targets again, and its codes and texts are those of each pair alone', () => {
    const { losses, codec, filled } = trained(latents, 60)
    expect(mean(losses.slice(-10))).toBeLessThan(0.7 * mean(losses.slice(0, 10)))
    const batch = filled(7, 900)
    const codes = codec.encode(batch)
    codes.forEach((own, i) => expect(own).toHaveLength(batch[i].target.length / EVERY))
    for (const code of codes.flat()) expect(code).toBeLessThan(16)
    const coded = batch.map(({ source }, i) => ({ source, codes: codes[i] }))
    const written = codec.decode(coded)
    batch.forEach((pair, i) => {
      expect(codec.encode([pair])).toEqual([codes[i]])
      expect(codec.decode([coded[i]])).toEqual([written[i]])
    })
  })

  test('the first gradients are those of the JavaScript kernels on every backend', () => {
    const gradientsOf = (player: Player) => {
      const { step, filled } = trained(latents, 0, player)
      step.accumulate(filled(6, 3), 1, 30)
      return step.gradients
    }
    const expected = gradientsOf(new JsPlayer())
    for (const { make } of backends) {
      const player = make()
      const actual = gradientsOf(player)
      player.close()
      for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 4)
    }
  })
})

test('entries that no row has chosen for 25 steps begin anew as rows of the batch', () => {
  const { step, weights } = trained({ every: EVERY, kind: 'vq', bits: 6 }, 30)
  const first = new Weights(weights.config)
  initialize(first, 3)
  const name = 'latents.codebook.weight'
  // Entries that have never been chosen keep their direction, the first values over a count.
  expect(step.moments.codebookIdle.every((idle) => idle < 25)).toBe(true)
  expect(weights.get(name)).not.toEqual(first.get(name))
})

const latents = { every: 3, bits: 5 }
const autoencoderOf = (training = {}) => {
  const { model, ...config } = smallConfig({ training: { labelSmoothing: 0, ...training } })
  return { ...config, model: { ...model!, latents: { kind: 'vq' as const, ...latents } } } as typeof config & {
    model: NonNullable<typeof model>
  }
}

it('a resumed training of an autoencoder ends with the same bits, its codebook included', async () => {
  const options = { backend: 'js' } as const
  const whole = await train(autoencoderOf(), newFolder(), options)
  const folder = newFolder()
  for (const at of [3, 7]) {
    const controller = new AbortController()
    const step = ({ step }: { step: number }) => step === at && controller.abort()
    await train(autoencoderOf(), folder, { ...options, signal: controller.signal }, { step })
  }
  const ended = await train(autoencoderOf(), folder, options)
  expect(weightsOf(ended.model!).equals(weightsOf(whole.model!))).toBe(true)
  expect(ended.scores).toEqual(whole.scores)
})

it('an autoencoder and a prior translate together', async () => {
  const { model } = await train(autoencoderOf({ steps: 30 }), newFolder(), {})
  await expect(Translator.load(model!)).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED' })
  const autoencoder = Autoencoder.load(model!)
  const own = readFileSync(pairsFile(), 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split('\t'))
    .map(([source, target]) => ({ source, target }))
  const codes = autoencoder.encode(own)
  const table = join(`${newFolder()}-codes.tsv`)
  writeFileSync(table, own.map(({ source }, i) => `${source}\t${codes[i]}\n`).join(''))
  const prior = await train(
    smallConfig({
      data: { train: { path: table }, heldOut: 0 },
      training: { steps: 20 },
      vocabulary: { size: 60, sharing: 'separate' },
    }),
    newFolder(),
    {},
  )
  const translator = await Translator.load(prior.model!, { workers: 1, threads: 1 })
  const sources = own.slice(0, 5).map(({ source }) => source)
  const found = await translateByCodes({ prior: translator, autoencoder }, sources)
  expect(found).toHaveLength(5)
  for (const { codes } of found) expect(codesOfText(codes, 32).every((code) => code < 32)).toBe(true)
  // A code that the prior has seen often is one of its tokens.
  const counts = new Map<string, number>()
  for (const code of codes.flatMap((text) => text.split(' '))) counts.set(code, (counts.get(code) ?? 0) + 1)
  const often = [...counts].filter(([, count]) => count > 100).map(([code]) => code)
  expect(often.length).toBeGreaterThan(0)
  for (const code of often) expect(translator.tokenizer.encode(`${code} ${code}`, { side: 'target' })).toHaveLength(3)
  await translator.close()
  autoencoder.close()
})

it('refuses what an autoencoder cannot be', async () => {
  const refused = (config: object) =>
    expect(train(config as never, newFolder(), {})).rejects.toMatchObject({ code: 'ERR_OPTION' })
  const config = autoencoderOf()
  await refused({ ...config, model: { ...config.model, positions: 'rotary' } })
  await refused({ ...config, model: { ...config.model, latents: { every: 2, kind: 'dvq', bits: 5 } } })
  await refused({ ...config, training: { ...config.training, accumulate: 2 } })
  const { model } = await train(autoencoderOf({ steps: 1 }), newFolder(), {})
  const autoencoder = Autoencoder.load(model!)
  expect(() => autoencoder.encode([{ source: 'un', target: 7 as never }])).toThrow(/pairs\[0\].target must be a text/)
  expect(() => autoencoder.encode('un' as never)).toThrow(/pairs must be a list/)
  autoencoder.close()
  expect(() => Autoencoder.load('fr-en')).toThrow(expect.objectContaining({ code: 'ERR_UNSUPPORTED' }))
})

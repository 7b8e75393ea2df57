import { describe, expect, it } from 'vitest'
import { encoderProgram, forcedProgram, stepProgram } from '#dist/engine/decode/step/programs.js'
import type { ModelConfig } from '#dist/engine/model/config/config.js'
import { Program } from '#dist/engine/program/program.js'
import { playedWeights } from '#dist/engine/weights/parameters.js'
import { Weights } from '#dist/engine/weights/weights.js'
import { initialize } from '#dist/learn/train/settings/initialize.js'
import { gradientProgram } from '#dist/learn/train/step/programs.js'
import { modelConfig } from '../../learn/train/small-model.ts'

const untied = { sharedEmbedding: false, tiedOutput: false }
const kinds: Record<string, Partial<ModelConfig>> = {
  'as the paper has it': {},
  'with matrices of its own, norms in front and learned positions': {
    ...untied,
    norm: { kind: 'layerNorm', order: 'pre', epsilon: 1e-5 },
    positions: { kind: 'learned', rows: 18, offset: 2 },
  },
  'without biases, with RMS norms and relative positions': {
    linearBias: false,
    outputBias: false,
    norm: { kind: 'rmsNorm', order: 'postFinal', epsilon: 1e-5 },
    positions: { kind: 'relative', clip: 2 },
  },
}

/** The weights that programs read. */
const readBy = (...programs: Program[]) =>
  new Set(
    programs.flatMap(({ instructions }) =>
      instructions.flatMap(({ inputs }) => inputs.flatMap((t) => (t?.kind === 'weight' ? [t.base.name] : []))),
    ),
  )

describe.each(Object.entries(kinds))('a model %s', (_, change) => {
  const config = { ...modelConfig, ...change }
  const declared = playedWeights(config)
  const weights = new Weights(config)

  it('declares the weights that its programs read, and nothing else', () => {
    const names = new Set(declared.map(({ name }) => name))
    expect(readBy(encoderProgram(weights), stepProgram(weights, 'before'))).toEqual(names)
    expect(readBy(forcedProgram(weights, { tracing: false }))).toEqual(names)
    const loss = { smoothing: 0, over: 'all' } as const
    expect(readBy(gradientProgram(weights, loss, { residual: 0, attention: 0, activation: 0 }))).toEqual(names)
  })

  it('has parts that fill the weights in which they lie', () => {
    for (const { name, rows, width, parts } of declared) {
      const { offset } = weights.place(name)
      let at = offset
      for (const part of parts) {
        expect(weights.place(part.name).offset, part.name).toBe(at)
        at += part.rows * part.width
      }
      expect(at - offset, name).toBe(rows * width)
    }
  })
})

it('queries, keys and values are one weight, and keys and values of the source too', () => {
  const parts = new Map(playedWeights(modelConfig).map((weight) => [weight.name, weight.parts.map(({ name }) => name)]))
  expect(parts.get('encoder.0.selfAttention.queryKeyValue.bias')).toEqual(
    ['query', 'key', 'value'].map((part) => `encoder.0.selfAttention.${part}.bias`),
  )
  expect(parts.get('decoder.0.crossAttention.keyValue.weight')).toEqual(
    ['key', 'value'].map((part) => `decoder.0.crossAttention.${part}.weight`),
  )
  expect(parts.get('decoder.0.crossAttention.query.weight')).toEqual(['decoder.0.crossAttention.query.weight'])
})

it('initial values depend on the role of a weight, not on its shape: a matrix of one row is random', () => {
  const thin = { layers: 1, heads: 1, dHead: 1, dFeedForward: 1 }
  const weights = new Weights({ ...modelConfig, encoder: thin, decoder: thin })
  initialize(weights, 1)
  for (const name of ['selfAttention.query', 'feedForward.inner'])
    expect(new Set(weights.get(`encoder.0.${name}.weight`)).size, name).toBe(modelConfig.dModel)
  expect(new Set(weights.get('encoder.0.feedForwardNorm.weight'))).toEqual(new Set([1]))
})

it('a program refuses a weight of another shape than it declares', () => {
  const p = new Program('other', new Weights(modelConfig))
  expect(() => p.weight('embedding.weight', { rows: 3, width: 8, role: 'embedding' })).toThrow(
    expect.objectContaining({
      code: 'ERR_SHAPE',
      message: 'the model declares embedding.weight as [3, 8], its weights have [12, 8]',
    }),
  )
})

it('attention writes its weights if a program is recorded with tracing, and only then', () => {
  const weights = new Weights(modelConfig)
  const traced = (tracing: boolean) =>
    forcedProgram(weights, { tracing }).find('encoder.0.selfAttention.weights') !== undefined
  expect([traced(true), traced(false)]).toEqual([true, false])
})

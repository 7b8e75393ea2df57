import { describe, expect, it } from 'vitest'
import { Weights } from '#dist/engine/weights/weights.js'
import { type Initialization, initialize } from '#dist/learn/train/settings/initialize.js'
import { modelConfig } from './small-model.ts'

const stack = { layers: 2, heads: 4, dHead: 16, dFeedForward: 256 }
const config = {
  ...modelConfig,
  dModel: 64,
  encoder: stack,
  decoder: stack,
  sourceVocabulary: 500,
  targetVocabulary: 500,
}
config.positions = { kind: 'learned', rows: 80, offset: 0 }

function statistics(values: Float32Array) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length)
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const kurtosis = values.reduce((sum, value) => sum + ((value - mean) / deviation) ** 4, 0) / values.length
  return { mean, deviation, largest, kurtosis }
}

function initialized(seed: number, matrices?: Initialization): Weights {
  const weights = new Weights({ ...config, ids: { end: 0, start: 499, padding: 499, unknown: 1 } })
  initialize(weights, seed, matrices)
  return weights
}

describe('initialization', () => {
  const weights = initialized(1)

  it('is Glorot uniform for matrices, each by its own inputs and outputs', () => {
    const matrices = weights.parameters.filter(
      ({ name, rows }) => rows > 1 && !/(embedding|positions)\.weight$/.test(name),
    )
    expect(matrices.length).toBe(2 * 6 + 2 * 10)
    for (const { name, rows, width } of matrices) {
      const bound = Math.sqrt(6 / (rows + width))
      const { mean, deviation, largest, kurtosis } = statistics(weights.get(name))
      expect(Math.abs(mean) / bound, name).toBeLessThan(0.04)
      expect(deviation / (bound / Math.sqrt(3)), name).toBeCloseTo(1, 1)
      expect(largest, name).toBeLessThanOrEqual(bound * (1 + 1e-6))
      expect(largest, name).toBeGreaterThan(0.98 * bound)
      expect(Math.abs(kurtosis - 1.8), name).toBeLessThan(0.1)
    }
  })

  it('is normal with deviation inputs^-1/2 if that is asked for', () => {
    const normal = initialized(1, 'normal')
    for (const { name, rows, width } of normal.parameters) {
      if (rows === 1) continue
      const { mean, deviation, kurtosis } = statistics(normal.get(name))
      expect(Math.abs(mean) * Math.sqrt(width), name).toBeLessThan(0.05)
      expect(deviation * Math.sqrt(width), name).toBeCloseTo(1, 1)
      expect(Math.abs(kurtosis - 3), name).toBeLessThan(0.3)
    }
  })

  it('is normal with deviation dModel^-1/2 for embeddings and learned positions', () => {
    for (const name of ['embedding.weight', 'encoder.positions.weight', 'decoder.positions.weight']) {
      const { mean, deviation, kurtosis } = statistics(weights.get(name))
      expect(Math.abs(mean) * 8, name).toBeLessThan(0.05)
      expect(deviation * 8, name).toBeCloseTo(1, 1)
      expect(Math.abs(kurtosis - 3), name).toBeLessThan(0.3)
    }
  })

  it('is 1 for norms and 0 for every bias', () => {
    for (const { name, rows } of weights.parameters) {
      if (rows > 1) continue
      expect(new Set(weights.get(name)), name).toEqual(new Set([name.endsWith('.bias') ? 0 : 1]))
    }
  })

  it('follows from the seed', () => {
    expect(initialized(1).values).toEqual(weights.values)
    expect(initialized(2).values).not.toEqual(weights.values)
    const [a, b] = ['encoder.0', 'encoder.1'].map((layer) => weights.get(`${layer}.selfAttention.query.weight`))
    expect(a).not.toEqual(b)
  })
})

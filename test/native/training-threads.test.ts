import { describe, expect, it } from 'vitest'
import { loadAddon } from '#dist/engine/backend/native/addon.js'
import type { NativePlayerOptions } from '#dist/engine/backend/native/player.js'
import type { ModelConfig } from '#dist/engine/model/config/config.js'
import { PositionTable } from '#dist/engine/model/position-table.js'
import { LoadedProgram } from '#dist/engine/program/loaded.js'
import { Weights } from '#dist/engine/weights/weights.js'
import { initialize } from '#dist/learn/train/settings/initialize.js'
import { adamProgram, gradientProgram, normProgram } from '#dist/learn/train/step/programs.js'
import { nativeReasons } from '../backends.ts'
import { integers, Random } from '../engine/program/random-operands.ts'
import { modelConfig } from '../learn/train/small-model.ts'
import { makePlayer, ops } from './tiny-program.ts'

const VOCABULARY = 300
const stack = { layers: 1, heads: 4, dHead: 12, dFeedForward: 80 }
const sinusoidal: ModelConfig = {
  ...modelConfig,
  dModel: 48,
  encoder: stack,
  decoder: stack,
  activation: 'gelu',
  norm: { kind: 'layerNorm', order: 'pre', epsilon: 1e-5 },
  embeddingScale: Math.sqrt(48),
  sourceVocabulary: VOCABULARY,
  targetVocabulary: VOCABULARY,
  ids: { end: 0, start: 1, padding: 1, unknown: 2 },
  maxLength: 64,
}

/** Sentences of 0 to 40 tokens, laid end to end. */
function sentences(random: Random) {
  const lengths = Array.from({ length: 30 }, () => random.integer(0, 40))
  const spans = lengths.flatMap((length, b) => {
    const begin = lengths.slice(0, b).reduce((sum, value) => sum + value, 0)
    return [begin, begin + length]
  })
  const rows = spans.at(-1)!
  return {
    rows,
    spans: Int32Array.from(spans),
    tokens: integers(random, rows, 0, VOCABULARY - 1),
    positions: Int32Array.from(lengths.flatMap((length) => Array.from({ length }, (_, i) => i))),
  }
}

/** Two steps with dropout; returns all values that they have written. */
function train(options: Partial<NativePlayerOptions>, config: ModelConfig) {
  const player = makePlayer(options)
  const random = new Random(5)
  const weights = new Weights(config)
  initialize(weights, 1)
  const size = weights.values.length
  const dropout = { residual: 0.1, attention: 0.1, activation: 0.1 }
  const gradient = new LoadedProgram(player, gradientProgram(weights, { smoothing: 0.1, over: 'all' }, dropout))
  const norm = new LoadedProgram(player, normProgram(size))
  const adam = new LoadedProgram(player, adamProgram(size))
  const [source, target] = [sentences(random), sentences(random)]
  const written = {
    losses: new Float32Array(target.rows),
    gradients: new Float32Array(size),
    sums: new Float32Array(Math.ceil(size / 16384)),
    parameters: weights.values,
    firstMoments: new Float32Array(size),
    secondMoments: new Float32Array(size),
  }
  const arrays = {
    ...written,
    ...PositionTable.of(config).atLeast(64).arrays,
    'source.tokens': source.tokens,
    'source.positions': source.positions,
    sources: source.spans,
    'target.tokens': target.tokens,
    'target.positions': target.positions,
    targets: target.spans,
    'target.ids': target.tokens,
    'loss.scale': Float32Array.of(1 / target.rows),
  }
  for (const step of [1, 2]) {
    const rates = Float32Array.of(1e-3, 0.9, 0.98, 1e-9, 0, 1, 1 - 0.9 ** step, 1 - 0.98 ** step)
    const seed = Int32Array.of(step)
    gradient.play({ S: source.rows, T: target.rows, B: 30, N: 64 }, { ...arrays, seed })
    norm.play({}, arrays)
    adam.play({}, { ...arrays, rates })
  }
  player.close()
  return written
}

function expectSameBits(options: Partial<NativePlayerOptions>, config: ModelConfig): void {
  const [one, two] = [train({ ...options, threads: 1 }, config), train({ ...options, threads: 2 }, config)]
  expect(two).toEqual(one)
  expect(one.losses.every(Number.isFinite)).toBe(true)
  expect(Math.max(...one.firstMoments)).toBeGreaterThan(0)
}

describe.skipIf(nativeReasons.length)('training gives the same bits on any number of threads', () => {
  const { isas, bfloat16 } = nativeReasons.length ? { isas: [], bfloat16: false } : loadAddon(ops).info
  const ways: Partial<NativePlayerOptions>[] = [
    ...isas.flatMap((isa) => [{ isa }, { isa, blas: false }]),
    ...(bfloat16 ? [{ products: 'bfloat16' as const }] : []),
  ]

  it.each(ways)('%j', (options) => {
    expectSameBits(options, sinusoidal)
  })

  it('with relative positions, whose gradients are sums over all sentences and heads', () => {
    expectSameBits({}, { ...sinusoidal, positions: { kind: 'relative', clip: 5 } })
  })
})

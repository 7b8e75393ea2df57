import { describe, expect, it } from 'vitest'
import type { Player } from '#dist/engine/backend/interface/backend.js'
import { LoadedProgram } from '#dist/engine/program/loaded.js'
import type { smoothingConventions } from '#dist/engine/program/operands/projected-loss.js'
import { crossEntropy } from '#dist/engine/program/ops/cross-entropy.js'
import { dropout } from '#dist/engine/program/ops/dropout.js'
import { Program } from '#dist/engine/program/program.js'
import { Random } from '#dist/learn/train/state/random.js'
import { adamProgram, normProgram } from '#dist/learn/train/step/programs.js'
import { TrainingStep } from '#dist/learn/train/step/training-step.js'
import { backends, type TestBackend } from '../../backends.ts'
import { expectClose } from '../../engine/decode/expect-close.ts'
import { newWeights, pairs, trainerOptions } from './small-model.ts'

const tokens = (list: readonly { target: readonly number[] }[]) =>
  list.reduce((sum, { target }) => sum + target.length, 0)
const none = { residual: 0, attention: 0, activation: 0 }
const sgdLike = { ...trainerOptions, dropout: none, clip: 0 }

/** Runs with each backend, and closes it. */
const withEach = (name: string, test: (player: Player, backend: TestBackend) => void) =>
  it.each(backends)(`${name} ($name)`, (backend) => {
    const player = backend.make()
    try {
      test(player, backend)
    } finally {
      player.close()
    }
  })

describe('Adam', () => {
  const random = new Random(3)
  const size = 20_001
  const steps = 5
  const rates = [0.01, 0.02, 0.03, 0.02, 0.01]
  const start = Float32Array.from({ length: size }, () => random.normal())
  const gradients = Array.from({ length: steps }, () => Float32Array.from({ length: size }, () => random.normal()))

  /** Loshchilov & Hutter 2019, algorithm 2, in float64. */
  function reference({ decay, clip }: { decay: number; clip: number }): Float64Array {
    const [beta1, beta2, epsilon] = [0.9, 0.98, 1e-9]
    const values = Float64Array.from(start)
    const m = new Float64Array(size)
    const v = new Float64Array(size)
    gradients.forEach((g, t) => {
      const norm = Math.sqrt(g.reduce((sum, value) => sum + value ** 2, 0))
      const factor = clip && norm > clip ? clip / norm : 1
      for (let i = 0; i < size; i++) {
        const gradient = g[i] * factor
        m[i] = beta1 * m[i] + (1 - beta1) * gradient
        v[i] = beta2 * v[i] + (1 - beta2) * gradient ** 2
        const mHat = m[i] / (1 - beta1 ** (t + 1))
        const vHat = v[i] / (1 - beta2 ** (t + 1))
        values[i] -= rates[t] * (mHat / (Math.sqrt(vHat) + epsilon) + decay * values[i])
      }
    })
    return values
  }

  withEach('follows an implementation in float64, with weight decay and clipping by the global norm', (player) => {
    const update = new LoadedProgram(player, adamProgram(size))
    const norms = new LoadedProgram(player, normProgram(size))
    for (const { decay, clip } of [
      { decay: 0, clip: 0 },
      { decay: 0.1, clip: 0 },
      { decay: 0.01, clip: 2 },
    ]) {
      const parameters = start.slice()
      const moments = { firstMoments: new Float32Array(size), secondMoments: new Float32Array(size) }
      gradients.forEach((g, t) => {
        const sums = new Float32Array(2)
        norms.play({}, { gradients: g, sums })
        const norm = Math.sqrt(sums[0] + sums[1])
        const factor = clip && norm > clip ? clip / norm : 1
        const corrections = [1 - 0.9 ** (t + 1), 1 - 0.98 ** (t + 1)]
        const own = g.slice()
        const all = Float32Array.of(rates[t], 0.9, 0.98, 1e-9, decay, factor, ...corrections)
        update.play({}, { gradients: own, rates: all, parameters, ...moments })
        expect(own.every((value) => value === 0)).toBe(true)
      })
      expectClose(parameters, Float32Array.from(reference({ decay, clip })), 1e-6)
    }
  })
})

describe('a training step', () => {
  withEach('learns the same from two half batches as from the whole', (player) => {
    const batch = pairs(8)
    const count = tokens(batch)
    const whole = newWeights()
    const once = new TrainingStep(player, whole, sgdLike)
    const loss = once.accumulate(batch, 1, count)
    const norm = once.norm()
    once.update(1, 0.01, norm)
    const halves = newWeights()
    const twice = new TrainingStep(player, halves, sgdLike)
    const sum = twice.accumulate(batch.slice(0, 3), 1, count) + twice.accumulate(batch.slice(3), 1, count)
    expect(sum / loss).toBeCloseTo(1, 5)
    expect(twice.norm() / norm).toBeCloseTo(1, 5)
    twice.update(1, 0.01, norm)
    expectClose(twice.moments.firstMoments, once.moments.firstMoments, 1e-5)
  })

  withEach('clips by the global norm and forgets its gradients', (player) => {
    const batch = pairs(4)
    const step = new TrainingStep(player, newWeights(), { ...sgdLike, clip: 0.01 })
    step.accumulate(batch, 1, tokens(batch))
    const norm = step.norm()
    expect(norm).toBeGreaterThan(0.01)
    step.update(1, 0.01, norm)
    const length = Math.sqrt(step.moments.firstMoments.reduce((sum, value) => sum + value ** 2, 0))
    expect(length / (0.1 * 0.01)).toBeCloseTo(1, 4)
    expect(step.norm()).toBe(0)
  })

  withEach('leaves no trace when it only measures the loss', (player) => {
    const weights = newWeights()
    const before = weights.values.slice()
    const step = new TrainingStep(player, weights, trainerOptions)
    expect(step.loss(pairs(4))).toBe(step.loss(pairs(4)))
    expect(step.norm()).toBe(0)
    expect(weights.values).toEqual(before)
  })

  it('drops the same values on every backend', () => {
    const batch = pairs(6)
    const gradients = backends.map(({ make }) => {
      const player = make()
      const step = new TrainingStep(player, newWeights(), { ...trainerOptions, clip: 0 })
      const loss = step.accumulate(batch, 3, tokens(batch))
      step.update(1, 0.01, step.norm())
      player.close()
      return { loss, moments: step.moments.firstMoments }
    })
    const [js, ...others] = gradients
    for (const { loss, moments } of others) {
      expect(loss / js.loss).toBeCloseTo(1, 5)
      expectClose(moments, js.moments, 1e-5)
    }
  })

  withEach('drops other values in other steps, other batches of a step and with other seeds', (player) => {
    const batch = pairs(6)
    const losses = (seed: number, step: number) => {
      const training = new TrainingStep(player, newWeights(), { ...trainerOptions, seed })
      return [training.accumulate(batch, step, 1), training.accumulate(batch, step, 1)]
    }
    expect(losses(5, 1)).toEqual(losses(5, 1))
    expect(new Set([...losses(5, 1), ...losses(5, 2), ...losses(6, 1)]).size).toBe(6)
  })
})

describe('dropout', () => {
  withEach('keeps a share of 1 - rate and scales it up by as much', (player) => {
    for (const rate of [0.1, 0.3, 0.9]) {
      const p = new Program('drop')
      const [rows, width] = [300, 333]
      const [y] = dropout(p, { x: p.input('x', 'S', width), seed: p.input('seed', 1, 1, 'int32') }, { rate, site: 4 })
      p.output(y, 'y')
      const dropped = new Float32Array(rows * width)
      const x = new Float32Array(rows * width).fill(1)
      new LoadedProgram(player, p).play({ S: rows }, { x, seed: Int32Array.of(-7), y: dropped })
      const kept = dropped.filter((value) => value !== 0)
      expect(kept.every((value) => Math.abs(value * (1 - rate) - 1) < 1e-6)).toBe(true)
      // Four deviations of the binomial distribution.
      expect(Math.abs(kept.length / dropped.length - (1 - rate))).toBeLessThan(
        4 * Math.sqrt((rate * (1 - rate)) / dropped.length),
      )
      for (let column = 0; column < width; column += 50) {
        const inColumn = Array.from({ length: rows }, (_, row) => dropped[row * width + column] !== 0)
        expect(Math.abs(inColumn.filter(Boolean).length / rows - (1 - rate))).toBeLessThan(0.15)
      }
    }
  })
})

describe('label smoothing', () => {
  /** − Σ q log p with q as in FORMULAS.md, in float64. */
  function plain(logits: number[], id: number, smoothing: number, over: (typeof smoothingConventions)[number]): number {
    const V = logits.length
    const total = Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit), 0))
    return logits.reduce((loss, logit, c) => {
      const share = over === 'all' ? smoothing / V : c === id ? 0 : smoothing / (V - 1)
      return loss - (share + (c === id ? 1 - smoothing : 0)) * (logit - total)
    }, 0)
  }

  describe.each(['all', 'others'] as const)('over %s', (over) => {
    withEach('is the plain formula', (player) => {
      const [T, d, V, smoothing] = [5, 7, 33, 0.1]
      const random = new Random(8)
      const values = (length: number) => Float32Array.from({ length }, () => random.normal())
      const [x, weight, bias] = [values(T * d), values(V * d), values(V)]
      const ids = Int32Array.from({ length: T }, (_, t) => (t * 8) % V)
      const p = new Program('loss')
      const inputs = {
        x: p.input('x', 'T', d),
        weight: p.input('weight', V, d),
        bias: p.input('bias', 1, V),
        ids: p.input('ids', 'T', 1, 'int32'),
      }
      p.output(crossEntropy(p, inputs, { smoothing, over, scale: 1 })[0], 'losses')
      const losses = new Float32Array(T)
      new LoadedProgram(player, p).play({ T }, { x, weight, bias, ids, losses })
      const expected = Array.from(ids, (id, t) => {
        const logits = Array.from(bias, (b, c) =>
          x.subarray(t * d, t * d + d).reduce((sum, value, i) => sum + value * weight[c * d + i], b),
        )
        return plain(logits, id, smoothing, over)
      })
      expectClose(losses, Float32Array.from(expected), 1e-5)
    })
  })
})

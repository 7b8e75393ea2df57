import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Weights } from '#dist/engine/weights/weights.js'
import { learningRate } from '#dist/learn/train/settings/schedule.js'
import { Optimizer } from '#dist/learn/train/step/optimizer.js'
import { adafactorProgram } from '#dist/learn/train/step/programs.js'
import { backends } from '../../backends.ts'
import { expectClose } from '../../engine/decode/expect-close.ts'
import { begin, newWeights } from './small-model.ts'
import { newFolder, smallConfig } from './small-run.ts'

interface Golden {
  shapes: [rows: number, width: number][]
  steps: number
  runs: Record<'relative' | 'given', number[]>
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('../../golden/adafactor/adafactor.json', import.meta.url), 'utf8'),
)

/** Matrices of these shapes one after the other, like a model's weights. */
function weightsOf(shapes: Golden['shapes'], value: (i: number) => number): Weights {
  const parameters = shapes.map(([rows, width], k) => ({ name: `w${k}`, rows, width }))
  const offsets = shapes.map((_, k) => shapes.slice(0, k).reduce((sum, [rows, width]) => sum + rows * width, 0))
  const size = shapes.reduce((sum, [rows, width]) => sum + rows * width, 0)
  const place = (name: string) => {
    const k = Number(name.slice(1))
    return { ...parameters[k], offset: offsets[k] }
  }
  return { parameters, place, values: Float32Array.from({ length: size }, (_, i) => value(i)) } as unknown as Weights
}

/** The formulas of make.py. */
const initial = (i: number) => 0.4 * Math.cos(0.9 * i)
const gradientOf = (k: number, i: number, step: number) =>
  10 ** (k - 3) * Math.sin(1 + 0.7 * i + 1.3 * step) * (step === 4 ? 50 : 1)

function gradients(step: number): Float32Array {
  let i = 0
  return Float32Array.from(
    golden.shapes.flatMap(([rows, width], k) => Array.from({ length: rows * width }, () => gradientOf(k, i++, step))),
  )
}

/** Algorithm 4 of 1804.04235 literally, in float64: vectors keep all of their second moments. */
function inFloat64(weights: Weights, rate: (step: number) => number, decay: number): number[] {
  return golden.shapes.flatMap(([n, m], k) => {
    const { offset } = weights.place(`w${k}`)
    const X = Array.from(weights.values.subarray(offset, offset + n * m))
    const V = new Array<number>(n * m).fill(0)
    const [R, C] = [new Array<number>(n).fill(0), new Array<number>(m).fill(0)]
    const rms = (values: number[]) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length)
    for (let t = 1; t <= golden.steps; t++) {
      const G = Array.from(gradients(t).subarray(offset, offset + n * m))
      const beta2 = 1 - t ** -0.8
      const squares = G.map((g) => g * g + 1e-30)
      if (n === 1) squares.forEach((square, i) => (V[i] = beta2 * V[i] + (1 - beta2) * square))
      else {
        for (let r = 0; r < n; r++)
          R[r] = beta2 * R[r] + (1 - beta2) * squares.slice(r * m, r * m + m).reduce((a, b) => a + b / m, 0)
        for (let c = 0; c < m; c++)
          C[c] = beta2 * C[c] + (1 - beta2) * squares.filter((_, i) => i % m === c).reduce((a, b) => a + b / n, 0)
        const mean = R.reduce((a, b) => a + b / n, 0)
        for (let i = 0; i < n * m; i++) V[i] = (R[Math.floor(i / m)] * C[i % m]) / mean
      }
      const U = G.map((g, i) => g / Math.sqrt(V[i]))
      const over = Math.max(1, rms(U) / 1)
      const alpha = Math.max(1e-3, rms(X)) * rate(t)
      for (let i = 0; i < X.length; i++) X[i] -= alpha * (U[i] / over) + alpha * decay * X[i]
    }
    return X
  })
}

const schedule = { kind: 'relative', peak: 1e-2, warmup: 0, total: 10, last: 0 } as const
const runs = [
  { name: 'relative', rate: (step: number) => learningRate(schedule, step), decay: 0 },
  { name: 'given', rate: () => 0.05, decay: 0.1 },
] as const

describe.each(backends)('Adafactor ($name)', ({ make }) => {
  it.each(runs)("follows Hugging Face's and the paper in float64, rate $name", ({ name, rate, decay }) => {
    const player = make()
    const weights = weightsOf(golden.shapes, initial)
    const optimizer = new Optimizer(player, weights, { kind: 'adafactor', decay })
    for (let step = 1; step <= golden.steps; step++) {
      const own = gradients(step)
      // Half of gradients that are twice as large is the same.
      for (let i = 0; i < own.length; i++) own[i] *= 2
      optimizer.update(own, step, rate(step), 0.5)
      expect(own.every((value) => value === 0)).toBe(true)
    }
    player.close()
    expectClose(weights.values, golden.runs[name], 2e-6)
    expectClose(weights.values, inFloat64(weightsOf(golden.shapes, initial), rate, decay), 2e-6)
  })

  it('accepts gradients of 0 and tiny ones', () => {
    const player = make()
    const weights = weightsOf([[4, 5]], initial)
    const optimizer = new Optimizer(player, weights, { kind: 'adafactor', decay: 0 })
    for (let step = 1; step <= 4; step++) {
      const own = new Float32Array(20)
      if (step === 2) own[3] = 1e-25
      if (step === 3) own[4] = 1
      optimizer.update(own, step, 1e-2, 1)
      expect(weights.values.every(Number.isFinite)).toBe(true)
    }
    player.close()
  })

  it('turns a whole matrix into NaN if one number is NaN, because the norm of all determines the step', () => {
    const player = make()
    const weights = weightsOf([[4, 5]], initial)
    weights.values[7] = NaN
    new Optimizer(player, weights, { kind: 'adafactor', decay: 0 }).update(new Float32Array(20).fill(1), 1, 1e-2, 1)
    expect([...weights.values]).toEqual(Array(20).fill(NaN))
    player.close()
  })

  it('trains, and resumes to the same bits', async () => {
    const player = make()
    const options = { optimizer: { kind: 'adafactor', decay: 0.01 }, schedule, steps: 9, saveEvery: 4 } as const
    const whole = begin(player, newFolder(), options)
    await whole.trainer.run(whole.batches, null)
    const folder = newFolder()
    const first = begin(player, folder, { ...options, steps: 5 })
    await first.trainer.run(first.batches, null)
    const second = begin(player, folder, options)
    expect(second.trainer.step).toBe(5)
    await second.trainer.run(second.batches, null)
    expect(second.weights.values).toEqual(whole.weights.values)
    player.close()
  })
})

describe('Adafactor', () => {
  it('stores only one number for each row and column of a matrix', () => {
    const weights = newWeights()
    const { rows, columns, program } = adafactorProgram(weights)
    expect(rows).toBe(weights.parameters.reduce((sum, parameter) => sum + parameter.rows, 0))
    expect(rows + columns).toBeLessThan(weights.values.length)
    expect(program.instructions.length).toBe(weights.parameters.length)
  })

  it('has a relative step of min(1e-2, 1/√t)', () => {
    expect(learningRate(schedule, 1)).toBe(1e-2)
    expect(learningRate(schedule, 10_000)).toBeCloseTo(1e-2, 12)
    expect(learningRate(schedule, 40_000)).toBeCloseTo(5e-3, 12)
  })

  it('is chosen by the settings, which then have no betas', () => {
    const { training } = smallConfig({ training: { optimizer: 'adafactor', weightDecay: 0.1 } })
    expect(training).toMatchObject({ optimizer: 'adafactor', weightDecay: 0.1, schedule: 'relative' })
    expect(training).not.toHaveProperty('beta1')
    expect(() => smallConfig({ training: { optimizer: 'adafactor', beta1: 0.9 } })).toThrow(
      /unknown key training.beta1/,
    )
    expect(() => smallConfig({ training: { optimizer: 'sgd' } })).toThrow(
      /training.optimizer must be one of adam, adamw, adafactor/,
    )
  })
})

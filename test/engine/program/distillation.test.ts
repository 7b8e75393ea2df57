import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { distillation, distillationGradient } from '#dist/engine/program/ops/distillation.js'
import { backends } from '../../backends.ts'
import { playCase } from './play-case.ts'
import { type OperandCase, whole } from './random-operands.ts'

interface Golden {
  cases: {
    temperature: number
    share: number
    losses: number[]
    dx: number[]
    dWeight: number[]
    dBias: number[]
  }[]
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('../../golden/distillation/distillation.json', import.meta.url), 'utf8'),
)

/** The formulas and sizes of make.py. */
const [T, WIDTH, TEACHER_WIDTH, CLASSES] = [5, 6, 4, 11]
const wave = (length: number, frequency: number) =>
  Float32Array.from({ length }, (_, i) => 2 * Math.sin(1 + frequency * i))
const operands: Record<string, OperandCase> = {
  x: whole('T', WIDTH, wave(T * WIDTH, 0.7)),
  weight: whole(CLASSES, WIDTH, wave(CLASSES * WIDTH, 1.3)),
  bias: whole(1, CLASSES, wave(CLASSES, 0.9)),
  ids: whole(
    'T',
    1,
    Int32Array.from({ length: T }, (_, t) => (3 * t) % CLASSES),
  ),
  teacherX: whole('T', TEACHER_WIDTH, wave(T * TEACHER_WIDTH, 1.1)),
  teacherWeight: whole(CLASSES, TEACHER_WIDTH, wave(CLASSES * TEACHER_WIDTH, 0.6)),
  teacherBias: whole(1, CLASSES, wave(CLASSES, 2.1)),
}
const gradients: Record<string, OperandCase> = {
  dLoss: whole(1, 1, Float32Array.of(0.3)),
  dWeight: whole(CLASSES, WIDTH, new Float32Array(CLASSES * WIDTH)),
  dBias: whole(1, CLASSES, new Float32Array(CLASSES)),
}
const options = { smoothing: 0.1, over: 'all', scale: 0.7, teacherScale: 1.1 }

describe.each(backends)('distillation ($name)', ({ make }) => {
  const player = make()
  afterAll(() => player.close())

  it.each(golden.cases)(
    "has PyTorch's losses and gradients at temperature $temperature and share $share",
    (expected) => {
      const attributes = { ...options, temperature: expected.temperature, share: expected.share }
      const inputs = { ...operands, ...gradients }
      const { arrays } = playCase(player, distillationGradient.row as never, { symbols: { T }, inputs, attributes })
      expect(Object.keys(arrays)).toEqual(['losses', 'dx', 'dWeight', 'dBias'])
      for (const name of ['losses', 'dx', 'dWeight', 'dBias'] as const) {
        const range = Math.max(...expected[name].map(Math.abs))
        expected[name].forEach((value, i) => expect(Math.abs(arrays[name][i] - value) / range).toBeLessThan(2e-6))
      }
    },
  )

  it('is exactly 0 for a student that equals its teacher, at share 1', () => {
    const { x, weight, bias, ids } = operands
    const inputs = { x, weight, bias, ids, teacherX: x, teacherWeight: weight, teacherBias: bias }
    for (const temperature of [1, 3]) {
      const attributes = { ...options, teacherScale: options.scale, temperature, share: 1 }
      const forward = playCase(player, distillation.row as never, { symbols: { T }, inputs, attributes })
      expect(forward.arrays.losses).toEqual(new Float32Array(T))
      const all = { ...inputs, ...gradients }
      const { arrays } = playCase(player, distillationGradient.row as never, {
        symbols: { T },
        inputs: all,
        attributes,
      })
      for (const values of Object.values(arrays)) for (const value of values) expect(Math.abs(value)).toBeLessThan(1e-6)
    }
  })

  it('accumulates no rounding errors over many rows: with a vocabulary of one there is nothing to learn', () => {
    const rows = 500
    const one = whole(1, 1, Float32Array.of(0.3))
    const many = whole('T', 1, wave(rows, 0.7))
    const ids = whole('T', 1, new Int32Array(rows))
    const given = { x: many, weight: one, bias: one, ids, teacherX: many, teacherWeight: one, teacherBias: one }
    const attributes = { ...options, smoothing: 0.3, temperature: 2, share: 0 }
    for (let factor = 0.1; factor < 2; factor += 0.1) {
      const [dWeight, dBias] = [1, 2].map(() => whole(1, 1, new Float32Array(1)))
      const inputs = { ...given, dLoss: whole(1, 1, Float32Array.of(factor)), dWeight, dBias }
      const { arrays } = playCase(player, distillationGradient.row as never, {
        symbols: { T: rows },
        inputs,
        attributes,
      })
      expect(Math.abs(arrays.dBias[0])).toBeLessThan(5e-6)
    }
  })
})

import { describe, expect, it } from 'vitest'
import { learningRate, noamPeak, type ScheduleOptions } from '#dist/learn/train/settings/schedule.js'

const kinds = ['noam', 'inverseSquareRoot', 'linear', 'cosine', 'constant'] as const
const options = (kind: ScheduleOptions['kind'], others: Partial<ScheduleOptions> = {}): ScheduleOptions => ({
  kind,
  peak: 0.5,
  warmup: 100,
  total: 500,
  last: 0.1,
  ...others,
})

describe('schedules of the learning rate', () => {
  it.each([1, 100, 3999, 4000, 4001, 100_000])('noam is the formula of the paper, 5.3, at step %d', (step) => {
    const peak = noamPeak(512, 4000)
    const paper = 512 ** -0.5 * Math.min(step ** -0.5, step * 4000 ** -1.5)
    expect(learningRate(options('noam', { peak, warmup: 4000 }), step)).toBeCloseTo(paper, 12)
  })

  it('inverseSquareRoot falls with the root of the step from its peak', () => {
    expect(learningRate(options('inverseSquareRoot'), 400)).toBeCloseTo(0.25)
    expect(learningRate(options('inverseSquareRoot'), 10_000)).toBeCloseTo(0.05)
  })

  it('linear is half way down in the middle, ends at its last rate and stays there', () => {
    expect(learningRate(options('linear'), 300)).toBeCloseTo(0.3)
    expect(learningRate(options('linear'), 500)).toBeCloseTo(0.1)
    expect(learningRate(options('linear'), 900)).toBeCloseTo(0.1)
  })

  it('cosine follows half a cosine', () => {
    expect(learningRate(options('cosine'), 200)).toBeCloseTo(0.1 + 0.4 * 0.5 * (1 + Math.SQRT1_2))
    expect(learningRate(options('cosine'), 300)).toBeCloseTo(0.3)
    expect(learningRate(options('cosine'), 500)).toBeCloseTo(0.1)
    expect(learningRate(options('cosine'), 900)).toBeCloseTo(0.1)
  })

  it('constant stays at its peak', () => {
    expect(learningRate(options('constant'), 100)).toBe(0.5)
    expect(learningRate(options('constant'), 1e6)).toBe(0.5)
  })

  it.each(kinds)('%s warms up linearly and joins its curve at the peak', (kind) => {
    for (const step of [1, 25, 50, 99]) expect(learningRate(options(kind), step)).toBeCloseTo(0.5 * (step / 100), 12)
    expect(learningRate(options(kind), 100)).toBeCloseTo(0.5, 12)
    expect(Math.abs(learningRate(options(kind), 101) - 0.5)).toBeLessThan(0.005)
  })

  it('relative warms up to its curve, below its peak if the curve is below it', () => {
    const relative = options('relative', { warmup: 400 })
    expect(learningRate(relative, 400)).toBeCloseTo(0.05, 12)
    expect(learningRate(relative, 100)).toBeCloseTo(0.0125, 12)
    expect(learningRate(options('relative', { peak: 0.01, warmup: 400 }), 100)).toBeCloseTo(0.0025, 12)
  })

  it.each(kinds)('%s without warm-up begins at its peak', (kind) => {
    expect(learningRate(options(kind, { warmup: 0 }), 1)).toBeCloseTo(0.5, 2)
    for (let step = 1; step < 600; step++) {
      const [rate, next] = [step, step + 1].map((at) => learningRate(options(kind, { warmup: 0 }), at))
      expect(next).toBeLessThanOrEqual(rate)
      expect(next).toBeGreaterThan(0)
    }
  })

  it('does not divide by zero without steps after the warm-up', () => {
    for (const kind of kinds) expect(learningRate(options(kind, { warmup: 500 }), 500)).toBeCloseTo(0.5)
  })
})

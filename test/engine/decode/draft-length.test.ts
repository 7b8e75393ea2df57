import { describe, expect, it } from 'vitest'
import { DraftLength } from '#dist/engine/decode/drafts/drafting.js'
import { StepCosts } from '#dist/engine/decode/drafts/step-costs.js'

/** Times of steps that take a + b · rows milliseconds. */
function costsOf(fixed: number, perRow: number): StepCosts {
  const costs = new StepCosts()
  for (let i = 0; i < 60; i++) costs.took(1 + (i % 5), fixed + perRow * (1 + (i % 5)))
  return costs
}
const stepOf = (costs: StepCosts, perToken = 0) => ({ costs, rows: 1, perToken })

describe('StepCosts', () => {
  it('fits a line to times, once there are enough of different steps', () => {
    expect(costsOf(10, 2).of(7)).toBeCloseTo(24, 6)
    expect(new StepCosts().of(3)).toBeNull()
    const same = new StepCosts()
    for (let i = 0; i < 60; i++) same.took(4, 9)
    expect(same.of(4)).toBeNull()
  })
})

describe('DraftLength', () => {
  const unknown = stepOf(new StepCosts())

  it('doubles after drafts that are right, and pauses for longer after each that is wrong', () => {
    const length = new DraftLength()
    expect(length.next(unknown)).toBe(4)
    length.verified(4, 4)
    expect(length.next(unknown)).toBe(8)
    for (let i = 0; i < 12 && length.next(unknown); i++) length.verified(length.next(unknown), 0)
    expect(length.next(unknown)).toBe(0)
    length.passed()
    expect(length.next(unknown)).toBe(1)
    length.verified(1, 0)
    length.passed()
    expect(length.next(unknown)).toBe(0)
    length.passed()
    expect(length.next(unknown)).toBe(1)
  })

  it('is no longer than pays where rows are dear and tokens often wrong', () => {
    const [cheap, dear] = [costsOf(10, 0.1), costsOf(1, 1)]
    const length = new DraftLength()
    for (let i = 0; i < 30; i++) length.verified(8, 5)
    const [long, short] = [length.next(stepOf(cheap)), length.next(stepOf(dear))]
    expect(long).toBeGreaterThan(short)
    expect(short).toBeGreaterThanOrEqual(1)
    // A guess that itself takes as long as a step is worth nothing.
    expect(length.next(stepOf(cheap, 10))).toBeLessThan(long)
  })
})

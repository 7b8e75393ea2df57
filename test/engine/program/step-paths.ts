import { rowsOf } from './mathematics.ts'
import type { OpCase, Random } from './random-operands.ts'

/** The slots [R] of the rows of a step, each another one of M. */
export function stepPaths(random: Random, R: number): { M: number; slots: Int32Array } {
  const M = R + random.integer(1, 9)
  const slots = Int32Array.from({ length: R }, (_, i) => i)
  for (let i = R - 1; i > 0; i--) {
    const j = random.integer(0, i)
    ;[slots[i], slots[j]] = [slots[j], slots[i]]
  }
  return { M, slots }
}

/**
 * Processes the rows of a step one after the other: next(the state of a row's parent, row) returns a state, which goes
 * into the row's slot. Returns the states, and the whole array of the cache.
 */
export function takeSteps(
  { x, parents, slots, cache }: OpCase['inputs'],
  next: (before: number[], row: number) => number[],
): { made: number[][]; cache: number[] } {
  const states = rowsOf(cache!)
  const whole = Array.from(cache!.data)
  const made = rowsOf(parents!).map(([parent], row) => {
    const slot = slots!.data[row]
    states[slot] = next(parent < 0 ? new Array<number>(x!.width).fill(0) : states[parent], row)
    whole.splice(slot * cache!.baseWidth + cache!.column, cache!.width, ...states[slot])
    return states[slot]
  })
  return { made, cache: whole }
}

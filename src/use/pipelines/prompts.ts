import { GlassformerError } from '../../base/errors.ts'
import { type IdRows, rowsOf } from './tensor.ts'

/** The decoder's first ids for each of `count` sources; null if none are given. One row is used for all sources. */
export function promptsOf(given: IdRows | null, count: number): number[][] | null {
  if (given === null) return null
  const rows = rowsOf(given)
  if (rows.length === count) return rows
  if (rows.length === 1) return Array.from({ length: count }, () => [...rows[0]])
  throw new GlassformerError(
    'ERR_OPTION',
    `option 'decoder_input_ids' has ${rows.length} rows for ${count} sources: give one for each, or one for all`,
  )
}

/** These ids after the start, which is prepended unless the first of them is a start. */
export function promptsWithStart(prompts: readonly number[][], start: number | null): number[][] {
  const hasStart = prompts.some(([first]) => first === start)
  return prompts.map((ids) => (hasStart || start === null ? [...ids] : [start, ...ids]))
}

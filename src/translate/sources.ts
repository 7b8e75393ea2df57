import { GlassformerError } from '../errors.ts'
import type { Source } from './translation.ts'

const isIds = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length > 0 && typeof value[0] === 'number'
export const isSource = (value: unknown): value is Source => typeof value === 'string' || isIds(value)

/** The error for something that is no source. */
export const notASource = (value: unknown) =>
  new GlassformerError(
    'ERR_INPUT',
    `a source must be a text or a list of ids, not ${value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value}`,
  )

/** @throws GlassformerError ERR_INPUT, naming the first that is none */
export function checkSources(sources: unknown): asserts sources is readonly Source[] {
  if (!Array.isArray(sources)) throw notASource(sources)
  sources.forEach((source, i) => {
    if (!isSource(source)) throw new GlassformerError('ERR_INPUT', `source ${i}: ${notASource(source).message}`)
  })
}

import { GlassformerError, shown } from '../errors.ts'
import type { Side } from './messages.ts'
import type { Source } from './translation.ts'

const isIds = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length > 0 && value.every((id) => typeof id === 'number')

/** What `translate` takes for one source rather than a list of them. */
export const isSource = (value: unknown): value is Source =>
  typeof value === 'string' || (Array.isArray(value) && typeof value[0] === 'number')

/**
 * The source as it can travel to a worker: ids are copied, so that the caller may change theirs.
 * @throws ERR_INPUT, beginning with `where`, for what is no source (or, as `what` says, no target)
 */
export function ownSource(value: unknown, where = '', what: Side = 'source'): Source {
  if (typeof value === 'string') return value
  if (isIds(value)) return Array.from(value)
  throw new GlassformerError('ERR_INPUT', `${where}a ${what} must be a text or a list of ids, not ${shown(value)}`)
}

/** @throws ERR_INPUT, naming the first that is no source */
export function ownSources(sources: unknown): Source[] {
  if (!Array.isArray(sources)) return [ownSource(sources)]
  return Array.from(sources, (source, i) => ownSource(source, `source ${i}: `))
}

/** @throws ERR_INPUT, naming the first that is no pair of sources */
export function ownPairs(pairs: unknown): { source: Source; target: Source }[] {
  if (!Array.isArray(pairs)) throw new GlassformerError('ERR_INPUT', 'score takes a list of { source, target }')
  return Array.from(pairs, (pair, i) => ({
    source: ownSource(pair?.source, `source ${i}: `),
    target: ownSource(pair?.target, `target ${i}: `, 'target'),
  }))
}

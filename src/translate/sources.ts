import { GlassformerError, shown } from '../errors.ts'
import { LONGEST_TEXT, MOST_SOURCES } from '../limits.ts'
import { counted, whole } from '../number-text.ts'
import { reading } from '../reading.ts'
import type { Side } from './messages.ts'
import type { Source } from './translation.ts'

const isIds = (value: readonly unknown[]): value is number[] =>
  value.length > 0 && value.every((id) => typeof id === 'number')

/** Whether `translate` takes a value as one source, and not as a list of sources. @throws ERR_INPUT where it cannot be read */
export const isSource = (value: unknown): value is Source =>
  typeof value === 'string' ||
  reading('the source', () => Array.isArray(value) && typeof value[0] === 'number', 'ERR_INPUT')

/**
 * The source as it can travel to a worker: ids are copied, so that the caller may change the given array.
 * @throws ERR_INPUT, beginning with `where`, for a value that is no source (or no target, as `what` says); ERR_INPUT_TOO_LONG for a source
 * that would fill the memory
 */
export function ownSource(value: unknown, where = '', what: Side = 'source'): Source {
  if (typeof value === 'string') {
    checkLength(value, 'character', where, what)
    return value
  }
  const read = () => {
    if (!Array.isArray(value)) return null
    checkLength(value, 'id', where, what)
    return Array.from(value)
  }
  const ids = reading(`${where}the ${what}`, read, 'ERR_INPUT')
  if (ids && isIds(ids)) return ids
  throw new GlassformerError('ERR_INPUT', `${where}a ${what} must be a text or a list of ids, not ${shown(value)}`)
}

function checkLength({ length }: { length: number }, unit: string, where: string, what: Side): void {
  if (length > LONGEST_TEXT)
    throw new GlassformerError(
      'ERR_INPUT_TOO_LONG',
      `${where}a ${what} of ${counted(length, unit)}, where one may have ${whole(LONGEST_TEXT)}: give it in parts`,
    )
}

/** @throws ERR_INPUT, naming the first value that is no source; ERR_INPUT_TOO_LONG */
export function ownSources(sources: unknown): Source[] {
  const list = ownList(sources, 'the sources')
  return list?.map((source, i) => ownSource(source, `source ${i}: `)) ?? [ownSource(sources)]
}

/** Sources in ids, one or many, as they can travel to a worker. @throws ERR_INPUT, naming the first that is no list of ids; ERR_INPUT_TOO_LONG */
export function ownIds(given: unknown): number[][] {
  const sources = isSource(given) ? [ownSource(given)] : ownSources(given)
  return sources.map((source, i) => {
    if (typeof source !== 'string') return [...source]
    const place = sources.length > 1 ? `source ${i}: ` : ''
    throw new GlassformerError('ERR_INPUT', `${place}generate takes ids, not a text: tokenizer.encode makes ids of it`)
  })
}

/** @throws ERR_INPUT, naming the first value that is no pair of sources; ERR_INPUT_TOO_LONG */
export function ownPairs(pairs: unknown): { source: Source; target: Source }[] {
  const list = ownList(pairs, 'the pairs')
  if (!list) throw new GlassformerError('ERR_INPUT', 'score takes a list of { source, target }')
  return list.map((pair, i) => {
    const { source, target } = reading(`pair ${i}`, () => ({ source: pair?.source, target: pair?.target }), 'ERR_INPUT')
    return { source: ownSource(source, `source ${i}: `), target: ownSource(target, `target ${i}: `, 'target') }
  })
}

/** A copy of a list, with undefined for its holes; null for a value that is no list. @throws ERR_INPUT, ERR_INPUT_TOO_LONG */
function ownList(value: unknown, what: string): Partial<Record<'source' | 'target', unknown>>[] | null {
  const read = () => {
    if (!Array.isArray(value)) return null
    if (value.length > MOST_SOURCES)
      throw new GlassformerError(
        'ERR_INPUT_TOO_LONG',
        `${what} are ${whole(value.length)}, where one call may have ${whole(MOST_SOURCES)}: give them in several calls`,
      )
    return Array.from(value)
  }
  return reading(what, read, 'ERR_INPUT')
}

import { GlassformerError, shown } from '../../../base/errors.ts'
import { LONGEST_TEXT, MOST_SOURCES } from '../../../base/limits.ts'
import { reading } from '../../../base/reading.ts'
import { counted, whole } from '../../../base/values/number-text.ts'
import { type MarkedText, type Span, spanKinds } from '../../../language/protect/span.ts'
import type { Side } from '../../../workers/jobs/job-kind.ts'
import type { Source } from './translation.ts'

const isIdList = (value: readonly unknown[]): value is number[] =>
  value.length > 0 && value.every((id) => typeof id === 'number')

/** Whether a source is ids. */
export const isIds = (source: Source): source is readonly number[] => Array.isArray(source)

/**
 * Whether a value passed to `translate` is one source, and not a list of sources.
 * @throws ERR_INPUT if it cannot be read
 */
export const isSource = (value: unknown): value is Source =>
  typeof value === 'string' ||
  reading('the source', () => (Array.isArray(value) ? typeof value[0] === 'number' : isMarked(value)), 'ERR_INPUT')

const isMarked = (value: unknown): value is { text: unknown; spans: unknown } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && 'text' in value

/** The text of a source; null for ids. */
export const textOf = (source: Source): string | null =>
  typeof source === 'string' ? source : 'text' in source ? source.text : null

/** A source without its spans. */
export const unmarked = (source: Source): string | readonly number[] =>
  typeof source !== 'string' && 'text' in source ? source.text : source

/**
 * A copy of the source that can be sent to a worker: ids are copied, so that the caller may change the array.
 * @throws ERR_INPUT, beginning with `where`, for a value that is not a source (or not a target, as `what` says);
 * ERR_INPUT_TOO_LONG for a source that would fill the memory
 */
export function ownSource(value: unknown, where = '', what: Side = 'source'): Source {
  if (typeof value === 'string') {
    checkLength(value, 'character', where, what)
    return value
  }
  const marked = reading(
    `${where}the ${what}`,
    () => (isMarked(value) ? ownMarked(value, where, what) : null),
    'ERR_INPUT',
  )
  if (marked) return marked
  const read = () => {
    if (!Array.isArray(value)) return null
    checkLength(value, 'id', where, what)
    return Array.from(value)
  }
  const ids = reading(`${where}the ${what}`, read, 'ERR_INPUT')
  if (ids && isIdList(ids)) return ids
  throw new GlassformerError(
    'ERR_INPUT',
    `${where}a ${what} must be ${what === 'source' ? 'a text, a text with spans,' : 'a text'} or a list of ids, not ${shown(value)}`,
  )
}

/**
 * A copy of a marked text.
 * @throws ERR_INPUT for spans outside the text or out of order
 */
function ownMarked({ text, spans }: { text: unknown; spans: unknown }, where: string, what: Side): MarkedText {
  const fail = (says: string) => {
    throw new GlassformerError('ERR_INPUT', `${where}a ${what} with spans must have ${says}`)
  }
  if (typeof text !== 'string') return fail(`a text, not ${shown(text)}`)
  checkLength(text, 'character', where, what)
  if (!Array.isArray(spans)) return fail(`a list of spans, not ${shown(spans)}`)
  let after = 0
  const own = Array.from(spans, (span: unknown, i): Span => {
    const { start, end, kind } = (span ?? {}) as Span
    const isPlace = Number.isSafeInteger(start) && Number.isSafeInteger(end) && start <= end && end <= text.length
    if (!isPlace || !spanKinds.includes(kind))
      return fail(
        `spans of { start, end, kind } within its ${counted(text.length, 'character')}, not ${shown(span)} as span ${i}`,
      )
    if (start < after)
      return fail(`its spans in order, and span ${i} begins before ${after}, where the one before it ends`)
    if (kind === 'copy' && start === end) return fail(`something to copy in span ${i}, which is empty`)
    if (isWithinCharacter(text, start) || isWithinCharacter(text, end))
      return fail(`whole characters in its spans, and span ${i} cuts a surrogate pair`)
    after = end
    return { start, end, kind }
  })
  return { text, spans: own }
}

/** Whether a place is between the two halves of a surrogate pair: their units differ from others in six bits. */
const isWithinCharacter = (text: string, at: number) =>
  (text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800

function checkLength({ length }: { length: number }, unit: string, where: string, what: Side): void {
  if (length > LONGEST_TEXT)
    throw new GlassformerError(
      'ERR_INPUT_TOO_LONG',
      `${where}a ${what} of ${counted(length, unit)}, where one may have ${whole(LONGEST_TEXT)}: give it in parts`,
    )
}

/** @throws ERR_INPUT, naming the first value that is not a source; ERR_INPUT_TOO_LONG */
export function ownSources(sources: unknown): Source[] {
  const list = ownList(sources, 'the sources')
  return list?.map((source, i) => ownSource(source, `source ${i}: `)) ?? [ownSource(sources)]
}

/**
 * Copies of sources in ids, one or many, that can be sent to a worker.
 * @throws ERR_INPUT, naming the first value that is not a list of ids; ERR_INPUT_TOO_LONG
 */
export function ownIds(given: unknown): number[][] {
  const sources = isSource(given) ? [ownSource(given)] : ownSources(given)
  return sources.map((source, i) => {
    if (isIds(source)) return [...source]
    const place = sources.length > 1 ? `source ${i}: ` : ''
    throw new GlassformerError('ERR_INPUT', `${place}generate takes ids, not a text: tokenizer.encode makes ids of it`)
  })
}

/** @throws ERR_INPUT, naming the first value that is not a pair of sources; ERR_INPUT_TOO_LONG */
export function ownPairs(pairs: unknown): { source: Source; target: Source }[] {
  const list = ownList(pairs, 'the pairs')
  if (!list) throw new GlassformerError('ERR_INPUT', 'score takes a list of { source, target }')
  return list.map((pair, i) => {
    const { source, target } = reading(`pair ${i}`, () => ({ source: pair?.source, target: pair?.target }), 'ERR_INPUT')
    return { source: ownSource(source, `source ${i}: `), target: ownSource(target, `target ${i}: `, 'target') }
  })
}

/**
 * A copy of a list, with undefined for its holes; null for a value that is not a list.
 * @throws ERR_INPUT, ERR_INPUT_TOO_LONG
 */
export function ownList(value: unknown, what: string): Partial<Record<'source' | 'target', unknown>>[] | null {
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

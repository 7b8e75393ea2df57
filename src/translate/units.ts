import type { Work } from './messages.ts'
import type { Source } from './translation.ts'

/** The part of a request that goes to one worker as a whole: some of its items. */
export interface Unit {
  work: Work
  /** How much work it is, in characters (or ids). More than UNIT_SIZE counts as that: a long text takes turns with others. */
  size: number
  /** Which items of the request these are. */
  items: number[]
}

/** How much work a source is, in characters or ids. */
export const sizeOf = (source: Source) => source.length + 8

/** A unit holds about this many characters (or ids): a few dozen sentences. */
export const UNIT_SIZE = 1500

/** Cuts a list of items into units of about UNIT_SIZE. */
export function cut(
  items: readonly number[],
  size: (item: number) => number,
  workOf: (items: number[]) => Work,
): Unit[] {
  const list: { items: number[]; size: number }[] = []
  for (const item of items) {
    const last = list.at(-1)
    if (last && last.size + size(item) <= UNIT_SIZE) {
      last.items.push(item)
      last.size += size(item)
    } else list.push({ items: [item], size: size(item) })
  }
  return list.map(({ items, size }) => ({ items, size: Math.min(size, UNIT_SIZE), work: workOf(items) }))
}

/** Indices of sources, the longest first, so that no worker is left with a long one at the end. Linear: lengths are counted. */
export function longestFirst(sources: readonly Source[]): number[] {
  const most = 1024
  const buckets: number[][] = []
  sources.forEach(({ length }, i) => {
    const bucket = most - Math.min(length, most)
    buckets[bucket] ??= []
    buckets[bucket].push(i)
  })
  return buckets.flat()
}

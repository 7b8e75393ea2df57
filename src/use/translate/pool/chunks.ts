import type { Source } from '../translation.ts'
import type { ChunkContents } from './messages.ts'

/** The part of a request that goes to one worker as a whole: some of its sources, or of its pairs. */
export interface Chunk {
  contents: ChunkContents
  /** How much work the chunk is, in characters (or ids), at most CHUNK_SIZE: a long text takes turns with other texts. */
  size: number
  /** The characters (or ids) of its sources, or pairs. */
  characters: number
  /** The indices of these sources or pairs in the request. */
  indices: number[]
}

/** How much work a source is, in characters or ids. */
export const sizeOf = (source: Source) => lengthOf(source) + EACH

/** The characters or ids of a source. */
export const lengthOf = (source: Source) =>
  typeof source !== 'string' && 'text' in source ? source.text.length : source.length

/** How much more than its characters a source counts. */
const EACH = 8

/** A chunk holds about this many characters (or ids): a few dozen sentences. */
export const CHUNK_SIZE = 1500

/** Cuts sources or pairs, by their indices, into chunks of about CHUNK_SIZE. */
export function chunksOf(
  indices: readonly number[],
  size: (index: number) => number,
  contentsOf: (indices: number[]) => ChunkContents,
): Chunk[] {
  const list: { indices: number[]; size: number }[] = []
  for (const index of indices) {
    const last = list.at(-1)
    if (last && last.size + size(index) <= CHUNK_SIZE) {
      last.indices.push(index)
      last.size += size(index)
    } else list.push({ indices: [index], size: size(index) })
  }
  return list.map(({ indices, size }) => ({
    indices,
    size: Math.min(size, CHUNK_SIZE),
    characters: size - EACH * indices.length,
    contents: contentsOf(indices),
  }))
}

/**
 * Indices of sources, the longest first, so that no worker is left with a long source at the end. Buckets of equal length take linear time.
 */
export function longestFirst(sources: readonly Source[]): number[] {
  if (sources.length === 1) return [0]
  const most = 1024
  const buckets: number[][] = []
  sources.forEach((source, i) => {
    const bucket = most - Math.min(lengthOf(source), most)
    buckets[bucket] ??= []
    buckets[bucket].push(i)
  })
  return buckets.flat()
}

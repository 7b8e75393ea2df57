import type { ContentsOf, JobKind } from '../jobs/job-kind.ts'

/** The part of a request that one worker gets as a whole: some of its sources, or of its pairs. */
export interface Chunk<Kind extends JobKind = JobKind> {
  kind: Kind['kind']
  contents: ContentsOf<Kind>
  /**
   * The scheduling cost of the chunk in characters (or ids), at most CHUNK_SIZE, so that a long text takes turns with
   * other texts.
   */
  size: number
  /** The characters (or ids) of its sources, or pairs. */
  characters: number
  /** The indices of these sources or pairs in the request. */
  indices: number[]
}

/** What is divided into chunks: texts, texts with properties, or ids. */
type Sized = string | { readonly text: string } | readonly number[]

/** The amount of work for a source, in characters or ids. */
export const sizeOf = (source: Sized) => lengthOf(source) + EACH

/** The characters or ids of a source. */
export const lengthOf = (source: Sized) =>
  typeof source !== 'string' && 'text' in source ? source.text.length : source.length

/** Fixed cost of a source, in characters. */
const EACH = 8

/** Approximate size of a chunk in characters (or ids): a few dozen sentences. */
export const CHUNK_SIZE = 1500

/** Divides sources or pairs, by their indices, into chunks of about CHUNK_SIZE. */
export function chunksOf<Kind extends JobKind>(
  kind: Kind['kind'],
  indices: readonly number[],
  size: (index: number) => number,
  contentsOf: (indices: number[]) => ContentsOf<Kind>,
): Chunk<Kind>[] {
  const list: { indices: number[]; size: number }[] = []
  for (const index of indices) {
    const last = list.at(-1)
    if (last && last.size + size(index) <= CHUNK_SIZE) {
      last.indices.push(index)
      last.size += size(index)
    } else list.push({ indices: [index], size: size(index) })
  }
  return list.map(({ indices, size }) => ({
    kind,
    indices,
    size: Math.min(size, CHUNK_SIZE),
    characters: size - EACH * indices.length,
    contents: contentsOf(indices),
  }))
}

/**
 * Indices of sources, longest first, so that no worker is left with a long source at the end. Sorting by buckets of
 * equal length takes linear time.
 */
export function longestFirst(sources: readonly Sized[]): number[] {
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

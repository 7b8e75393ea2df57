/** A worker has this many characters at most, so that its batch stays full and late requests still find room. */
export const ENOUGH = 6000

/** Weights of more bytes than this are not kept by a processor's caches: every step reads them from memory. */
const CACHED = 32e6

/** How work is given to workers. */
export type Order = 'spread' | 'fill'

/**
 * Small weights come from the caches: sentences side by side, in a worker each, are the fastest. Large ones come from memory, once
 * for each step of each worker: one worker with all sentences in its batch reads them less often, if it can use all cores.
 * `threads`: how many a worker has that is busy alone.
 */
export const orderFor = (bytesOfWeights: number, threads: number, cores: number): Order =>
  bytesOfWeights > CACHED && threads > 1 && threads >= cores ? 'fill' : 'spread'

/**
 * Which worker is to have the next chunk, 'another' that is to be started, or null while all have enough. `sizes`: the
 * characters that each has.
 */
export function chooseWorker(sizes: readonly number[], most: number, order: Order): number | 'another' | null {
  if (order === 'fill') {
    const first = sizes.findIndex((size) => size < ENOUGH)
    if (first >= 0) return first
    return sizes.length < most ? 'another' : null
  }
  const least = sizes.indexOf(Math.min(...sizes))
  if (sizes[least] === 0) return least
  if (sizes.length < most) return 'another'
  return sizes[least] < ENOUGH ? least : null
}

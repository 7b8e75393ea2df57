import { availableParallelism } from 'node:os'

/** The number of threads on which a worker plays; with 'auto' the load decides. */
export type Threads = number | 'auto'

/**
 * The most threads with 'auto'. A play of one sentence gains little from more threads, because they wait for each other a hundred times in
 * a play.
 */
const MOST = 4

/** The number of threads on which each worker plays while `busy` workers are busy. */
export function threadsOf(threads: Threads, busy: number, cores = availableParallelism()): number {
  if (threads !== 'auto') return threads
  return Math.max(1, Math.min(MOST, Math.floor(cores / Math.max(1, busy))))
}

/** The most threads that a worker plays on. */
export const mostThreads = (threads: Threads, cores?: number) => threadsOf(threads, 1, cores)

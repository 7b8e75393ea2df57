import { availableParallelism } from 'node:os'

/** The number of threads of each worker; with 'auto' it depends on the load. */
export type Threads = number | 'auto'

/**
 * The most threads with 'auto'. One sentence gains little from more threads, because they wait for each other a hundred
 * times in each run of a program.
 */
const MOST = 4

/** The number of threads on which each worker plays while `busy` workers are busy. */
export function threadsOf(threads: Threads, busy: number, cores = availableParallelism()): number {
  if (threads !== 'auto') return threads
  return Math.max(1, Math.min(MOST, Math.floor(cores / Math.max(1, busy))))
}

/** The largest number of threads of a worker. */
export const mostThreads = (threads: Threads, cores?: number) => threadsOf(threads, 1, cores)

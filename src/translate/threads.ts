import { availableParallelism } from 'node:os'

/** How many threads a worker plays on: as many as this, or as the load leaves to it. */
export type Threads = number | 'auto'

/** A play of one sentence gains little from more threads: they wait for each other a hundred times in it. */
const MOST = 4

/** On how many threads each worker plays while so many of them are busy. */
export function threadsOf(threads: Threads, busy: number, cores = availableParallelism()): number {
  if (threads !== 'auto') return threads
  return Math.max(1, Math.min(MOST, Math.floor(cores / Math.max(1, busy))))
}

/** The most threads that a worker plays on. */
export const mostThreads = (threads: Threads, cores?: number) => threadsOf(threads, 1, cores)

import { getPriority, setPriority } from 'node:os'

/** How much nicer than the thread of the caller (see nice(1)) those are that compute. */
const NICER = 5
const LEAST = 19

/**
 * Lets the thread of the event loop go before this one where both want a processor, so that requests are taken and answered in time while
 * all processors compute. Only Linux knows priorities of threads (setpriority(2), "C library/kernel differences"); elsewhere it would be the
 * whole process'.
 */
export function giveWay(): void {
  if (process.platform !== 'linux') return
  try {
    setPriority(0, Math.min(LEAST, getPriority(0) + NICER))
  } catch {
    // A sandbox may forbid it; nothing depends on it.
  }
}

import { getPriority, setPriority } from 'node:os'

/** The niceness (see nice(1)) of computing threads relative to the caller's thread. */
const NICER = 5
const LEAST = 19

/**
 * Lowers this thread's priority below that of the event loop, so that requests are accepted and answered in time while
 * all processors compute. Only Linux has priorities of threads (setpriority(2), "C library/kernel differences");
 * elsewhere the whole process would be affected.
 */
export function lowerPriority(): void {
  if (process.platform !== 'linux') return
  try {
    setPriority(0, Math.min(LEAST, getPriority(0) + NICER))
  } catch {
    // A sandbox may forbid it; correctness does not depend on it.
  }
}

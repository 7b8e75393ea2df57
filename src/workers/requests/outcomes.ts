/** Counts of requests by their outcome. */
export interface Outcomes {
  accepted: number
  answered: number
  /** Requests that ended with any other error. */
  failed: number
  aborted: number
  timedOut: number
  /** Requests refused with ERR_BUSY; these do not count as accepted. */
  refused: number
}

export const noOutcomes = (): Outcomes => ({
  accepted: 0,
  answered: 0,
  failed: 0,
  aborted: 0,
  timedOut: 0,
  refused: 0,
})

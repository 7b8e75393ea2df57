/** How many requests have come, and what has become of them. */
export interface Outcomes {
  accepted: number
  answered: number
  /** Ended with an error other than the following. */
  failed: number
  aborted: number
  timedOut: number
  /** Refused with ERR_BUSY: these are not accepted. */
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

/** A job that has used up its attempts, or that no worker can read. */
export interface DeadLetter {
  id: string
  /** Why the last attempt failed. */
  reason: string
  attempts: number
  failedAt: Date
  /** What Redis holds of the job: JSON, unless somebody else has written it. */
  data: string
}

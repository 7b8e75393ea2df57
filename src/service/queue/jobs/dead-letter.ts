/** A job that has used up its attempts, or that no worker can read. */
export interface DeadLetter {
  id: string
  /** The reason why the last attempt failed. */
  reason: string
  attempts: number
  failedAt: Date
  /** The job's data in Redis: JSON, unless another program has written it. */
  data: string
}

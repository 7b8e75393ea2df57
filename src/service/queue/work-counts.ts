/** Counts of the outcomes of a worker's jobs since its start. */
export interface WorkCounts {
  readonly jobs: { done: number; failed: number; dead: number; lost: number }
  texts: number
  seconds: number
  done(texts: number, seconds: number): void
  failed(isDead: boolean): void
  lost(): void
}

export function countingJobs(): WorkCounts {
  const jobs = { done: 0, failed: 0, dead: 0, lost: 0 }
  return {
    jobs,
    texts: 0,
    seconds: 0,
    done(texts, seconds) {
      jobs.done++
      this.texts += texts
      this.seconds += seconds
    },
    failed(isDead) {
      jobs[isDead ? 'dead' : 'failed']++
    },
    lost() {
      jobs.lost++
    },
  }
}

import type { StepGradients, TrainingStep } from '../step/training-step.ts'

/**
 * The processes that train one model together, started by mpirun, or the single process of a training. All ranks do the
 * same with the same weights; only gradients are divided. Every rank calls the same methods in the same order.
 */
export interface Ranks {
  /** 0 to size − 1. Only rank 0 writes files, measures, and calls callbacks. */
  readonly rank: number
  readonly size: number
  /**
   * Each rank's value, by rank; values are copied as `structuredClone` copies. Waits for all ranks.
   * @throws the error of a rank that has failed
   */
  all<T>(value: T): Promise<T[]>
  /** Divides the batches of each step among ranks, and leaves the sum of all gradients in every rank's `training`. */
  stepGradients(training: TrainingStep): StepGradients
  /** Runs the work of a training. If one rank fails, all fail with its error. */
  together<T>(work: () => Promise<T>): Promise<T>
}

/** The only process of a training. */
export const alone: Ranks = {
  rank: 0,
  size: 1,
  all: async (value) => [value],
  stepGradients: (training) => ({
    accumulate: async (batches, step, tokens) => batches.map((batch) => training.accumulate(batch, step, tokens)),
  }),
  together: (work) => work(),
}

/** Runs work in rank 0, and then in the other ranks, which find the files that rank 0 has written. */
export async function inTurn<T>(ranks: Ranks, work: () => Promise<T> | T): Promise<T> {
  if (ranks.rank > 0) await ranks.all(null)
  const result = await work()
  if (ranks.rank === 0) await ranks.all(null)
  return result
}

/** The result of work in rank 0, in all ranks. */
export async function fromFirst<T>(ranks: Ranks, work: () => Promise<T> | T): Promise<T> {
  const [result] = await ranks.all(ranks.rank === 0 ? await work() : null)
  return result as T
}

import { availableParallelism } from 'node:os'
import { checkNames, checkOneOf, checkPositiveInteger, checkSignal } from '../check-options.ts'
import { type BackendChoice, chosenBackend } from '../program/chosen-backend.ts'
import type { PlayerChoice } from '../program/create-player.ts'

/** Where a training runs. */
export interface TrainOptions {
  /** What plays it; default 'auto' (or GLASSFORMER_BACKEND): native where it can be, else JavaScript, which is many times slower. */
  backend?: BackendChoice
  /** Threads of the kernels; default: one per core. */
  threads?: number
  /** Of large matrix products; default 'auto': bfloat16 where the processor has instructions for it. Weights and sums are float32. */
  precision?: (typeof trainPrecisions)[number]
  /** Stops after the step under way; what has been reached is saved. */
  signal?: AbortSignal
}

export const trainPrecisions = ['auto', 'float32', 'bfloat16'] as const

/** The player that options ask for. @throws GlassformerError ERR_OPTION, naming the option and what it may be */
export function playerChoice(options: TrainOptions): PlayerChoice {
  checkNames(options, ['backend', 'threads', 'precision', 'signal'])
  const { backend, threads = availableParallelism(), precision = 'auto', signal } = options
  checkSignal(signal)
  checkOneOf('precision', precision, trainPrecisions)
  checkPositiveInteger('threads', threads)
  return { backend: chosenBackend(backend), threads, products: precision }
}

import type { DroppedCounts } from './batches/batch-stream-state.ts'
import type { KeptReport } from './forgetting.ts'
import type { ValidationReport } from './step/validation.ts'

/** The report of a step. */
export interface StepReport {
  step: number
  /** The pass over the pairs, from 0. */
  epoch: number
  /** The mean loss over target tokens, with label smoothing. */
  loss: number
  learningRate: number
  /** The norm of the gradients of all weights together, before they are clipped. */
  gradientNorm: number
  /** The number of target tokens, their ends included. */
  tokens: number
  seconds: number
  /** The share that would be padding if the sentences were stacked, from 0 to 1. */
  paddingShare: number
  /** The numbers of dropped pairs so far, in all passes. */
  dropped: DroppedCounts
}

/** Callbacks of a training, each called when its step, validation or checkpoint is done. */
export interface TrainerListener {
  step?(report: StepReport): void
  validation?(report: ValidationReport): void
  /** Called before the first step and after the last, for a model that is trained further. */
  kept?(report: KeptReport): void
  /** Called when a checkpoint is complete; `path` is its folder. */
  saved?(path: string): void
}

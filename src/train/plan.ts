import type { TrainConfig } from './config.ts'
import { noamPeak, type ScheduleOptions } from './schedule.ts'

/** Settings of a training whose number of steps is known; where there are epochs, about. */
export type PlannedConfig = TrainConfig & {
  training: { steps: number; schedule: ScheduleOptions; saveEvery: number }
  validation: { every: number }
}

/** Settings with everything that follows from the number of steps, where it is not given. */
export function planned(config: TrainConfig, steps: number): PlannedConfig {
  const { training, validation } = config
  const { schedule } = training
  const warmup = schedule.warmup ?? Math.min(4000, Math.ceil(steps / 10))
  const peak = schedule.peak ?? noamPeak(config.model!.dModel, warmup) // readTrainConfig: otherwise it is given
  return {
    ...config,
    training: {
      ...training,
      steps,
      schedule: { ...schedule, peak, warmup, total: steps },
      saveEvery: training.saveEvery ?? Math.min(500, Math.ceil(steps / 10)),
    },
    validation: { ...validation, every: validation.every ?? Math.min(500, Math.ceil(steps / 20)) },
  }
}

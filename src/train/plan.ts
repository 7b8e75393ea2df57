import { noamPeak, type ScheduleOptions } from './schedule.ts'

/** What of a training's settings may follow from the number of its steps: null where it does. */
interface ToBePlanned {
  model?: { dModel: number }
  training: {
    schedule: Pick<ScheduleOptions, 'kind' | 'last'> & { peak: number | null; warmup: number | null }
    saveEvery: number | null
  }
  validation: { every: number | null }
}

/** Settings of a training whose number of steps is known; where there are epochs, about. */
export type Planned<Config> = Config & {
  training: { steps: number; schedule: ScheduleOptions; saveEvery: number }
  validation: { every: number }
}

/** Settings with everything that follows from the number of steps, where it is not given. */
export function planned<Config extends ToBePlanned>(config: Config, steps: number): Planned<Config> {
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

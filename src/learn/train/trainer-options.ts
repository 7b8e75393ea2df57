import { present } from '../../base/present.ts'
import type { PlannedConfig, TrainConfig } from './settings/config.ts'
import type { OptimizerOptions } from './step/optimizer.ts'
import type { TrainerOptions } from './trainer.ts'

/** The options of a trainer. Training in epochs ends with the batches, whatever number of steps was counted. */
export function trainerOptionsOf(
  { training, validation }: PlannedConfig,
  { distillation, adapter }: Pick<TrainerOptions, 'distillation' | 'adapter'>,
): TrainerOptions {
  const { accumulate, clip, seed, saveEvery, keep, average, ema, patience } = training
  return {
    accumulate,
    clip,
    seed,
    saveEvery,
    keep,
    average,
    ema,
    patience,
    steps: training.epochs === null ? training.steps : Number.POSITIVE_INFINITY,
    validateEvery: validation.every,
    beams: validation.beams,
    schedule: {
      kind: training.schedule,
      peak: training.learningRate,
      warmup: training.warmup,
      total: training.steps,
      last: training.lastLearningRate,
    },
    loss: { smoothing: training.labelSmoothing, over: training.smoothingOver },
    dropout: {
      residual: training.dropout,
      attention: training.attentionDropout,
      activation: training.activationDropout,
    },
    optimizer: optimizerOf(training),
    distillation,
    adapter,
  }
}

function optimizerOf({
  optimizer,
  beta1,
  beta2,
  epsilon,
  weightDecay: decay,
}: TrainConfig['training']): OptimizerOptions {
  if (optimizer === 'adafactor') return { kind: optimizer, decay }
  return { kind: 'adam', beta1: present(beta1), beta2: present(beta2), epsilon: present(epsilon), decay }
}

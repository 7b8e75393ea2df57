import { isJsonObject, type JsonObject } from '../formats/json-text.ts'
import type { TrainConfig } from './config.ts'
import { modelSettingsJson } from './model-settings.ts'

/** The settings file that readTrainConfig would read as this, every key written out. */
export function settingsOf({ from, data, vocabulary, model, training, validation }: TrainConfig): JsonObject {
  const { steps, epochs, schedule, optimizer, loss, teacher, dropout, ...rest } = training
  const { kind, decay, ...betas } = optimizer
  return {
    ...(from !== undefined && { from }),
    data: { ...data },
    ...(vocabulary && { vocabulary: { ...vocabulary } }),
    ...(model && { model: modelSettingsJson(model) }),
    training: {
      ...(epochs ? { epochs } : { steps }),
      ...rest,
      schedule: schedule.kind,
      learningRate: schedule.peak,
      warmup: schedule.warmup,
      lastLearningRate: schedule.last,
      optimizer: kind,
      ...betas,
      weightDecay: decay,
      labelSmoothing: loss.smoothing,
      smoothingOver: loss.over,
      ...(teacher && {
        teacher: teacher.model,
        teacherWeight: teacher.weight,
        teacherTemperature: teacher.temperature,
      }),
      dropout: dropout.residual,
      attentionDropout: dropout.attention,
      activationDropout: dropout.activation,
    },
    validation: { ...validation },
  }
}

/** The values of nested settings by their paths: { a: { b: 1 } } → a.b → 1. */
export function leavesOf(value: unknown, path = '', into = new Map<string, unknown>()): Map<string, unknown> {
  if (!isJsonObject(value)) return into.set(path, value)
  for (const [name, inner] of Object.entries(value)) leavesOf(inner, path ? `${path}.${name}` : name, into)
  return into
}

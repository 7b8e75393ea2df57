import { isJsonObject, type JsonObject } from '../../../formats/json/json-text.ts'

// settings.json of runs that an earlier version began: settings of a group stood in objects of their own, some could not
// be chosen, and `initialization` was spelled with an s.

/** Implicit settings of such runs, which were not written. */
const earlierModel = { positions: { kind: 'halves' }, tying: 'all', initialization: 'glorot' }
const earlierVocabulary = { punctuation: 'kept' }

/** Converts the settings of a run's file to the present form; settings in this form stay as they are. */
export function asWrittenNow(stored: JsonObject): JsonObject {
  const { training, vocabulary } = stored
  const model = isJsonObject(stored.model) ? withoutBritishName(stored.model) : stored.model
  if (!isJsonObject(training) || !isJsonObject(training.schedule))
    return { ...stored, ...(isJsonObject(model) && { model }) }
  return {
    ...stored,
    training: flatTraining(training, training.schedule),
    ...(isJsonObject(model) && { model: flatModel({ ...earlierModel, ...model }) }),
    ...(isJsonObject(vocabulary) && {
      vocabulary: { ...(vocabulary.type !== 'words' && earlierVocabulary), ...vocabulary },
    }),
  }
}

function withoutBritishName({ initialisation, ...model }: JsonObject): JsonObject {
  return initialisation === undefined ? model : { initialization: initialisation, ...model }
}

function flatTraining({ steps, epochs, ...training }: JsonObject, schedule: JsonObject): JsonObject {
  const { optimizer, loss, dropout, teacher, schedule: _, ...rest } = training
  const { kind, decay, ...betas } = objectAt(optimizer)
  const { smoothing, over } = objectAt(loss)
  const { residual, attention, activation } = objectAt(dropout)
  return {
    ...(epochs ? { epochs } : { steps }),
    ...rest,
    schedule: schedule.kind,
    learningRate: schedule.peak,
    warmup: schedule.warmup,
    lastLearningRate: schedule.last,
    optimizer: kind,
    ...betas,
    weightDecay: decay,
    labelSmoothing: smoothing,
    smoothingOver: over,
    dropout: residual,
    attentionDropout: attention,
    activationDropout: activation,
    ...(isJsonObject(teacher) && {
      teacher: teacher.model,
      teacherWeight: teacher.weight,
      teacherTemperature: teacher.temperature,
    }),
  }
}

function flatModel({ order, positions, ...shape }: JsonObject): JsonObject {
  const { kind, clip } = objectAt(positions)
  return { ...shape, norm: order, positions: kind, ...(kind === 'relative' && { clip }) }
}

const objectAt = (value: unknown): JsonObject => (isJsonObject(value) ? value : {})

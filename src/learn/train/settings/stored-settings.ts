import { join } from 'node:path'
import { GlassformerError } from '../../../base/errors.ts'
import { inFile } from '../../../base/schema/place.ts'
import { hasFile } from '../../../formats/disk/read-file.ts'
import { readJsonObject } from '../../../formats/disk/read-json.ts'
import { replaceText } from '../../../formats/disk/replace-file.ts'
import { isJsonObject, type JsonObject } from '../../../formats/json/json-text.ts'
import { CHECKSUMS, checkFiles, removeChecksums, writeChecksums } from '../state/checksums.ts'
import { readTrainConfig, type TrainConfig } from './config.ts'

// settings.json of runs that an earlier version began: settings of a group stood in objects of their own, some could not
// be chosen, and `initialization` was spelled with an s.

/** Implicit settings of such runs, which were not written. */
const earlierModel = { positions: { kind: 'halves' }, tying: 'all', initialization: 'glorot' }
const earlierVocabulary = { punctuation: 'kept' }

/** Converts the settings of a run's file to the present form; settings in this form stay as they are. */
function asWrittenNow(stored: JsonObject): JsonObject {
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

const NAME = 'settings.json'

/** The file in which a run's folder keeps its settings. */
export const settingsPath = (folder: string): string => join(folder, NAME)

/**
 * The settings of the training in this folder; null if no training was begun.
 * @throws GlassformerError ERR_MODEL_FORMAT for a damaged file
 */
export function readSettings(folder: string): TrainConfig | null {
  const path = settingsPath(folder)
  if (!hasFile(path)) return null
  checkFiles(folder, ADVICE, 'ERR_MODEL_FORMAT', [NAME])
  const stored = readJsonObject(path)
  try {
    for (const group of ['data', 'training', 'validation'])
      inFile(path, 'ERR_OPTION', `${group}.`).object(stored[group])
    return readTrainConfig(asWrittenNow(stored), path)
  } catch (cause) {
    const { message } = cause as GlassformerError
    throw new GlassformerError('ERR_MODEL_FORMAT', `${message}; mend it, or train into another folder`, { cause })
  }
}

const ADVICE = `restore it from a copy; or, where you have changed it yourself, remove ${CHECKSUMS} beside it`

/**
 * Writes a file of settings and its checksum. If there are epochs, the file leaves out the number of steps, which
 * follows from them. A process that is killed in between leaves a file without a checksum.
 */
export function storeSettings(folder: string, { training, ...groups }: TrainConfig): void {
  const { steps, ...others } = training
  const written = { ...groups, training: training.epochs === null ? training : others }
  removeChecksums(folder)
  replaceText(settingsPath(folder), `${JSON.stringify(written, null, 2)}\n`)
  writeChecksums(folder, [NAME])
}

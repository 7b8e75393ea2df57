import { join } from 'node:path'
import { GlassformerError } from '../../../base/errors.ts'
import { inFile } from '../../../base/schema/place.ts'
import { hasFile } from '../../../formats/disk/read-file.ts'
import { readJsonObject } from '../../../formats/disk/read-json.ts'
import { replaceText } from '../../../formats/disk/replace-file.ts'
import { CHECKSUMS, checkFiles, removeChecksums, writeChecksums } from '../state/checksums.ts'
import { readTrainConfig, type TrainConfig } from './config.ts'
import { asWrittenNow } from './earlier-settings.ts'

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

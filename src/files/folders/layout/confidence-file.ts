import { readdirSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { GlassformerError } from '../../../base/errors.ts'
import { hasFile } from '../../../formats/disk/read-file.ts'
import { readJsonObject } from '../../../formats/disk/read-json.ts'
import { replaceText } from '../../../formats/disk/replace-file.ts'

/**
 * A logistic regression that says how probably a word of a translation is right, from four features of its tokens: the
 * mean and the least of their log-probabilities, their number, and the mean of the sentence. It is that of Bergamot
 * (`.quality.lr`), which predicts how probably a word is wrong.
 */
export interface ConfidenceModel {
  stds: number[]
  means: number[]
  coefficients: number[]
  intercept: number
}

export const CONFIDENCE_FILE = 'confidence.json'
const FEATURES = 4
/** The first bytes of Bergamot's file. */
const MAGIC = 0x78cc336f1d54b180n
const HEADER = 16
const QUALITY = /\.quality\.lr$|^quality.*\.bin$/

/** The file of a folder's confidence model; null where it has none. */
export function confidenceFile(folder: string): string | null {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return null
  const own = join(folder, CONFIDENCE_FILE)
  if (hasFile(own)) return own
  const name = readdirSync(folder).find((each) => QUALITY.test(each))
  return name === undefined ? null : join(folder, name)
}

/** Writes the file of a confidence model into a folder. */
export const writeConfidence = (folder: string, model: ConfidenceModel): void =>
  replaceText(join(folder, CONFIDENCE_FILE), `${JSON.stringify({ version: 1, ...model }, null, 2)}\n`)

/** Reads the file of a confidence model. @throws GlassformerError ERR_FILE, ERR_MODEL_FORMAT */
export function readConfidence(path: string): ConfidenceModel {
  if (basename(path) !== CONFIDENCE_FILE) return readQuality(path)
  const { stds, means, coefficients, intercept } = readJsonObject(path)
  return checked({ stds, means, coefficients, intercept } as ConfidenceModel, path)
}

/** Bergamot's file: standard deviations, means and coefficients of the features, and the intercept. */
function readQuality(path: string): ConfidenceModel {
  const bytes = readFileSync(path)
  const fail = (what: string) => new GlassformerError('ERR_MODEL_FORMAT', `${path}: ${what}`)
  if (bytes.length < HEADER || bytes.readBigUInt64LE(0) !== MAGIC) throw fail('this is no quality model of Bergamot')
  const features = Number(bytes.readBigUInt64LE(8))
  if (features !== FEATURES) throw fail(`it has ${features} features, where Bergamot has ${FEATURES}`)
  if (bytes.length !== HEADER + 4 * (3 * FEATURES + 1)) throw fail(`it has ${bytes.length} bytes: it is cut short`)
  const list = (n: number) =>
    Array.from({ length: FEATURES }, (_, i) => bytes.readFloatLE(HEADER + 4 * (n * FEATURES + i)))
  const intercept = bytes.readFloatLE(HEADER + 4 * 3 * FEATURES)
  return checked({ stds: list(0), means: list(1), coefficients: list(2), intercept }, path)
}

function checked(model: ConfidenceModel, path: string): ConfidenceModel {
  const isList = (list: unknown) =>
    Array.isArray(list) && list.length === FEATURES && list.every((value) => Number.isFinite(value))
  if (
    [model.stds, model.means, model.coefficients].every(isList) &&
    Number.isFinite(model.intercept) &&
    !model.stds.includes(0)
  )
    return model
  throw new GlassformerError(
    'ERR_MODEL_FORMAT',
    `${path}: it must have lists of ${FEATURES} numbers, and no deviation of 0`,
  )
}

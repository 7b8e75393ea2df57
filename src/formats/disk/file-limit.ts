import { type ErrorCode, GlassformerError } from '../../base/errors.ts'
import { LARGEST_SETTINGS, LARGEST_TOKENIZER_FILE, LARGEST_TOKENIZER_JSON } from '../../base/limits.ts'
import { whole } from '../../base/values/number-text.ts'

/** The maximum size of a file, and the error code for a larger one. */
export interface FileLimit {
  /** The description of the file, 'a list of words' for instance. */
  what: string
  /** Size in bytes. */
  most: number
  code: ErrorCode
}

/** The limit of a `.spm`, a vocab.json or a list of words. */
export const tokenizerFile: FileLimit = {
  what: 'a file of a tokenizer',
  most: LARGEST_TOKENIZER_FILE,
  code: 'ERR_TOKENIZER_FORMAT',
}

/** The limit of a tokenizer.json, which lists a vocabulary and its merges, one per line. */
export const tokenizerJsonFile: FileLimit = { ...tokenizerFile, most: LARGEST_TOKENIZER_JSON }

/** The limit of a JSON file of settings. */
export const settingsFile: FileLimit = { what: 'such a JSON file', most: LARGEST_SETTINGS, code: 'ERR_MODEL_FORMAT' }

export const tooLarge = (path: string, { what, most, code }: FileLimit) =>
  new GlassformerError(
    code,
    `${path}: it has more than ${whole(most)} bytes, the most that ${what} may have; check the path`,
  )

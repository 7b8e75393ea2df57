import { inspected } from './values/inspected.ts'
import { kindOf } from './values/value-class.ts'

/** Every stable error code. A code never changes its meaning; messages may get better. */
export const errorCodes = [
  'ERR_ABORTED', // the caller's AbortSignal fired
  'ERR_AUDIO_FORMAT', // a sound file is damaged or contradicts itself
  'ERR_BACKEND', // a backend cannot be loaded
  'ERR_BUSY', // the queue of a translator is full: ask again later
  'ERR_CHECKSUM', // a download differs from the hub's record in size or SHA-256
  'ERR_CLOSED', // used after close()
  'ERR_FILE', // a file or folder is missing or cannot be read or written
  'ERR_FFMPEG', // a sound file of a format for which ffmpeg is needed, which is not on the PATH or refuses the file
  'ERR_HUB', // the hub does not have this model, revision or file, or refuses access
  'ERR_IMAGE_FORMAT', // an image file is damaged, or sharp, which decodes such files, is not installed
  'ERR_INPUT', // a text or id sequence that cannot be translated
  'ERR_INPUT_TOO_LONG', // a sentence of more tokens than the model takes
  'ERR_INTERNAL', // a bug in this package
  'ERR_JOB', // a job of a queue that is damaged, or that has failed for good
  'ERR_KEY', // a server needs a key, and the request has none or a wrong one
  'ERR_MEMORY', // the system has too little memory, or cannot start another thread
  'ERR_MODEL_FORMAT', // a model folder or file is damaged or contradicts itself
  'ERR_MPI', // processes that mpirun has started cannot train together
  'ERR_NETWORK', // the hub cannot be reached, or does not answer as it should
  'ERR_NOT_FOUND', // a server does not have this page, model or glossary
  'ERR_OPTION', // an option is unknown, has a wrong type or is out of range
  'ERR_QUEUE', // the Redis of a queue cannot be reached, or refuses a command
  'ERR_QUOTA', // a key's characters are used up
  'ERR_SHAPE', // tensors, ids or offsets that do not fit an op
  'ERR_TIMEOUT', // the caller's `timeout` has passed
  'ERR_TOKENIZER_FORMAT', // a .spm, vocab.json or word list that is damaged
  'ERR_TRAINING', // training cannot continue; files already saved are intact
  'ERR_UNSUPPORTED', // a valid request that this version does not support; the message names it
  'ERR_WORKER', // worker threads died repeatedly at the same work, or none can be started
] as const

/** One of `errorCodes`. */
export type ErrorCode = (typeof errorCodes)[number]

/** A text, a name or another error's message in one line: each line end becomes a space. */
const oneLine = (text: string): string => text.replace(/[\r\n\u2028\u2029]\s*/g, ' ')

/**
 * The only error class of the package: a stable `code`, and a message of one line that says what, where and what to do.
 * The `name` of an error is 'GlassformerError', or 'AbortError' as on the web platform where the code is ERR_ABORTED.
 */
export class GlassformerError extends Error {
  /** What went wrong, in a word that never changes its meaning. */
  readonly code: ErrorCode
  /** Estimated milliseconds until there is room again; only with ERR_BUSY. */
  declare readonly retryAfter?: number

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; retryAfter?: number } = {}) {
    const { retryAfter, ...rest } = options
    super(oneLine(message), rest)
    if (retryAfter !== undefined) this.retryAfter = retryAfter
    this.name = code === 'ERR_ABORTED' ? 'AbortError' : 'GlassformerError'
    this.code = code
  }
}

/**
 * Whether a value is an error, even one of another realm, for which `instanceof` is false. A DOMException is an error
 * too.
 */
export const isError = (value: unknown): value is Error => /^(?:Error|DOMException)$/.test(kindOf(value))

/** The message of a thrown value, which may be any value. */
export const messageOf = (thrown: unknown): string => (isError(thrown) ? thrown.message : String(thrown))

/** The maximum number of characters of a value in an error message. */
const MOST = 160

/** A value of any kind as an error message shows it, in one short line. */
export function shown(value: unknown): string {
  let text: string
  try {
    text = oneLine(inspected(value))
  } catch {
    text = `what cannot be shown (${typeof value})` // a proxy, or a getter of an error, may throw
  }
  return text.length > MOST ? `${text.slice(0, MOST)}…` : text
}

/**
 * A value of a JSON file as the file spells it, or its beginning. Settings that do not come from a file may have values
 * that JSON cannot express.
 */
export function shownJson(value: unknown): string {
  try {
    const text = oneLine(beginning(value, MOST))
    return text.length > MOST ? `${text.slice(0, MOST)}…` : text
  } catch {
    return shown(value)
  }
}

/**
 * The beginning of a value's JSON, about `most` characters, so that lists of any length and values of any depth can be
 * shown.
 */
function beginning(value: unknown, most: number): string {
  if (most <= 0) return '…'
  if (typeof value === 'string') return JSON.stringify(value.length > most ? `${value.slice(0, most)}…` : value)
  if (!isPlain(value)) return JSON.stringify(value) ?? shown(value)
  const isList = Array.isArray(value)
  let text = ''
  for (const key of isList ? value.keys() : keysOf(value)) {
    const left = most - text.length - 1
    const name = isList ? '' : `${beginning(key, left)}:`
    text += `${text && ','}${name}${beginning((value as Record<string | number, unknown>)[key], left - name.length)}`
    if (text.length > most) break
  }
  return isList ? `[${text}]` : `{${text}}`
}

/** Whether a value is an array or a plain object, as JSON.parse makes them; other objects have a text of their own. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === null || prototype === Object.prototype
}

function* keysOf(value: object): Generator<string> {
  for (const key in value) if (Object.hasOwn(value, key)) yield key
}

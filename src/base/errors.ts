import { inspected } from './inspected.ts'
import { kindOf } from './kind-of.ts'

/** Every stable error code. A code never changes its meaning; messages may get better. */
export const errorCodes = [
  'ERR_ABORTED', // the caller's AbortSignal fired
  'ERR_BACKEND', // a backend cannot be loaded
  'ERR_BUSY', // the queue of a translator is full: ask again later
  'ERR_CHECKSUM', // a download is not what the hub says, in size or SHA-256
  'ERR_CLOSED', // used after close()
  'ERR_FILE', // a file or folder is missing or cannot be read or written
  'ERR_HUB', // the hub has no such model, revision or file, or refuses it
  'ERR_INPUT', // a text or id sequence that cannot be translated
  'ERR_INPUT_TOO_LONG', // a sentence of more tokens than the model takes
  'ERR_INTERNAL', // a fault of ours
  'ERR_JOB', // a job of a queue that is damaged, or that has failed for good
  'ERR_KEY', // a server wants a key, and was given none or another one
  'ERR_MEMORY', // the system has not enough memory, or no further thread
  'ERR_MODEL_FORMAT', // a model folder or file that is damaged or contradicts itself
  'ERR_MPI', // processes that mpirun has started cannot train together
  'ERR_NETWORK', // the hub cannot be reached, or does not answer as it should
  'ERR_NOT_FOUND', // a server has no such page, model or glossary
  'ERR_OPTION', // an option that is unknown, of a wrong type or out of range
  'ERR_QUEUE', // the Redis of a queue cannot be reached, or refuses
  'ERR_QUOTA', // a key's characters are used up
  'ERR_SHAPE', // tensors, ids or offsets that do not fit an op
  'ERR_TIMEOUT', // the caller's `timeout` has passed
  'ERR_TOKENIZER_FORMAT', // a .spm, vocab.json or word list that is damaged
  'ERR_TRAINING', // training cannot go on; what has been saved is whole
  'ERR_UNSUPPORTED', // a valid thing that this version cannot do; the message names it
  'ERR_WORKER', // worker threads died again and again at the same work, or none can be started
] as const

/** One of `errorCodes`. */
export type ErrorCode = (typeof errorCodes)[number]

/** A text, a name or another error's message in one line: spaces take the place of its line ends. */
const oneLine = (text: string): string => text.replace(/[\r\n\u2028\u2029]\s*/g, ' ')

/**
 * The only error class of the package: a stable `code`, and a message of one line that says what, where and what to do. Its `name` is
 * 'GlassformerError', and 'AbortError', as the web platform has it, where the code is ERR_ABORTED.
 */
export class GlassformerError extends Error {
  readonly code: ErrorCode
  /** In about how many milliseconds there is room again; only with ERR_BUSY. */
  declare readonly retryAfter?: number

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; retryAfter?: number } = {}) {
    const { retryAfter, ...rest } = options
    super(oneLine(message), rest)
    if (retryAfter !== undefined) this.retryAfter = retryAfter
    this.name = code === 'ERR_ABORTED' ? 'AbortError' : 'GlassformerError'
    this.code = code
  }
}

/** Whether a value is an error, from whatever realm: `instanceof` is false for errors of another realm. A DOMException is an error too. */
export const isError = (value: unknown): value is Error => /^(?:Error|DOMException)$/.test(kindOf(value))

/** The message of a thrown value, which may be any value. */
export const messageOf = (thrown: unknown): string => (isError(thrown) ? thrown.message : String(thrown))

/** The most characters of a value that an error message shows. */
const MOST = 160

/** A value as an error message shows it: whatever it is, in one short line. */
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
 * A value of a JSON file as it stands there, or its beginning. Settings that come from no file may have values that JSON cannot express.
 */
export function shownJson(value: unknown): string {
  try {
    const text = oneLine(beginning(value, MOST))
    return text.length > MOST ? `${text.slice(0, MOST)}…` : text
  } catch {
    return shown(value)
  }
}

/** A value's JSON up to about `most` characters, so that lists of any length and values of any depth can be shown. */
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

/** Whether a value is a list, or an object as JSON makes it; other objects show themselves. */
function isPlain(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false
  const prototype = Object.getPrototypeOf(value)
  return Array.isArray(value) || prototype === null || prototype === Object.prototype
}

function* keysOf(value: object): Generator<string> {
  for (const key in value) if (Object.hasOwn(value, key)) yield key
}

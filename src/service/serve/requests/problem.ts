import { existsSync } from 'node:fs'
import { basename } from 'node:path'
import { type ErrorCode, GlassformerError } from '../../../base/errors.ts'

/** The client's view of an error: every interface of the server writes it in its own form. */
export interface Problem {
  /** The HTTP status. */
  status: number
  code: ErrorCode
  message: string
  /** Seconds after which to retry. */
  retryAfter?: number
}

const statuses: Readonly<Partial<Record<ErrorCode, number>>> = {
  ERR_AUDIO_FORMAT: 400,
  ERR_IMAGE_FORMAT: 400,
  ERR_FFMPEG: 400,
  ERR_INPUT: 400,
  ERR_OPTION: 400,
  ERR_SHAPE: 400,
  ERR_UNSUPPORTED: 400,
  ERR_KEY: 401,
  ERR_NOT_FOUND: 404,
  ERR_INPUT_TOO_LONG: 413,
  ERR_BUSY: 429,
  ERR_QUOTA: 456,
  ERR_ABORTED: 499,
  ERR_CLOSED: 503,
  ERR_MEMORY: 503,
  ERR_WORKER: 503,
  ERR_TIMEOUT: 504,
}

/** Seconds after which a full server, or the replacement of this server, probably has room. */
const RETRY_AFTER = { 429: 1, 503: 5 } as const

/** Errors of fastify caused by the client, by their statuses. */
const ofFastify: Readonly<Record<number, ErrorCode>> = {
  404: 'ERR_NOT_FOUND',
  405: 'ERR_NOT_FOUND',
  413: 'ERR_INPUT_TOO_LONG',
  503: 'ERR_CLOSED',
  504: 'ERR_TIMEOUT',
}

/** Fastify's code for a body with an unknown or missing content type. */
const UNKNOWN_TYPE = 'FST_ERR_CTP_INVALID_MEDIA_TYPE'
const SENT =
  'the body must be JSON, with the header content-type: application/json; the interfaces of DeepL and LibreTranslate also take forms, as application/x-www-form-urlencoded or multipart/form-data, and that of OpenAI takes the latter alone'

/** The client's view of an error. Internal errors are only in the log. */
export function problemOf(error: unknown): Problem {
  const { statusCode, code, message = '' } = Object(error) as { statusCode?: unknown; code?: string; message?: string }
  if (error instanceof GlassformerError) {
    const status = typeof statusCode === 'number' ? statusCode : (statuses[error.code] ?? 500)
    return withRetry(status, error.code, message, error.retryAfter)
  }
  if (typeof statusCode === 'number' && statusCode >= 400 && statusCode < 600 && statusCode !== 500)
    return withRetry(statusCode, ofFastify[statusCode] ?? 'ERR_INPUT', code === UNKNOWN_TYPE ? SENT : message)
  return withRetry(500, 'ERR_INTERNAL', message)
}

/** `milliseconds`: the time after which to retry, where it is known. */
function withRetry(status: number, code: ErrorCode, message: string, milliseconds?: number): Problem {
  const isOurs = status === 500
  const said = isOurs ? 'the server has failed at this request; its log says why' : withoutPaths(message)
  const usual = RETRY_AFTER[status as keyof typeof RETRY_AFTER]
  const retryAfter = milliseconds === undefined ? usual : Math.max(1, Math.ceil(milliseconds / 1000))
  return { status, code, message: said, ...(retryAfter !== undefined && { retryAfter }) }
}

/** An absolute path of at least two folders: of Unix, or of Windows. */
const PATH = /(?:[A-Za-z]:)?[\\/][\w.@+~ -]*[\w.@+~-](?:[\\/][\w.@+~-]+)+/g

/** A message whose paths of this machine are cut to their last names; clients are not told where files lie. */
export const withoutPaths = (message: string): string =>
  message.replace(PATH, (path) => (existsSync(firstFolder(path)) ? basename(path) : path))

// biome-ignore lint/style/noNonNullAssertion: the pattern matches every text that comes here
const firstFolder = (path: string): string => /^(?:[A-Za-z]:)?[\\/][^\\/]+/.exec(path)![0]

import { existsSync } from 'node:fs'
import { LARGEST_JOB } from '../../../base/limits.ts'
import { whole } from '../../../base/values/number-text.ts'
import { modelDigest } from '../../../files/folders/layout/model-digest.ts'
import { modelFolder } from '../../../files/folders/layout/model-folder.ts'
import { checkSize } from '../../../formats/json/json-text.ts'

/** Replaces the data of an unreadable job: the reason. */
export class Unread {
  readonly reason: string

  constructor(reason: string) {
    this.reason = reason
  }
}

/** Parses the data of a job that any program may have written, within limits; null for text that is not JSON. */
export function readData(stored: string): unknown {
  const bytes = Buffer.byteLength(stored)
  if (bytes > LARGEST_JOB)
    return new Unread(
      `it has ${whole(bytes)} bytes, and a job at most ${whole(LARGEST_JOB)}: give fewer or shorter texts`,
    )
  try {
    checkSize(stored, (what) => {
      throw new Unread(`its JSON is ${what}`)
    })
    return JSON.parse(stored)
  } catch (error) {
    return error instanceof Unread ? error : null
  }
}

/** The maximum number of attempts, and of seconds before the second, in a stored job. */
const [MOST_ATTEMPTS, LONGEST_BACKOFF] = [1000, 24 * 3600]

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isWithin = (value: unknown, most: number): value is number =>
  typeof value === 'number' && value >= 0 && value <= most

/**
 * The options of BullMQ that our jobs have: attempts, the wait before the second, and the retention of results. With
 * others, BullMQ would repeatedly fail to finish a job, and never count an attempt.
 */
export function ownOptions(stored: string | undefined): string {
  let given: unknown
  try {
    given = JSON.parse(stored ?? '{}')
  } catch {
    given = {}
  }
  const { attempts, backoff, removeOnComplete } = isObject(given) ? given : ({} as Record<string, unknown>)
  const own = {
    ...(Number.isInteger(attempts) && isWithin(attempts, MOST_ATTEMPTS) && { attempts }),
    ...(isObject(backoff) &&
      isWithin(backoff.delay, 1000 * LONGEST_BACKOFF) && { backoff: { type: 'exponential', delay: backoff.delay } }),
    ...(isObject(removeOnComplete) &&
      isWithin(removeOnComplete.age, Number.MAX_SAFE_INTEGER) && { removeOnComplete: { age: removeOnComplete.age } }),
  }
  return JSON.stringify(own)
}

/** The fields of BullMQ that our jobs use; other fields, of repeated jobs and of parents, are ignored. */
const OWN = new Set([
  ...['name', 'data', 'timestamp', 'delay', 'priority', 'ats', 'atm', 'attemptsMade', 'stc', 'processedOn'],
  ...['finishedOn', 'failedReason', 'stacktrace', 'defa', 'pb', 'progress', 'returnvalue'],
])

/** The counters of BullMQ, which its scripts increment. */
const COUNTS = new Set(['ats', 'atm', 'stc'])

/**
 * Fields of a job, as alternating names and values, with which BullMQ's scripts would fail to finish the job: fields of
 * parents and of repeated jobs, and counters that are not numbers.
 */
export function wrongFields(stored: readonly string[]): string[] {
  const names = stored.filter((_, i) => i % 2 === 0)
  return names.filter((name, i) =>
    COUNTS.has(name) ? !/^-?\d{1,15}$/.test(stored[2 * i + 1]) : name !== 'opts' && !OWN.has(name),
  )
}

/** Fields of earlier attempts that are never read. */
const UNREAD = new Set(['progress', 'returnvalue'])

/** The fields of a job, as alternating names and values, cleaned so that BullMQ can construct a job from any data. */
export function ownFields(stored: readonly string[]): string[] {
  const fields: string[] = []
  const wrong = wrongFields(stored)
  let options: string | undefined
  for (let i = 0; i < stored.length; i += 2)
    if (stored[i] === 'opts') options = stored[i + 1]
    else if (OWN.has(stored[i]) && !UNREAD.has(stored[i]) && !wrong.includes(stored[i]))
      fields.push(stored[i], stored[i + 1])
  return [...fields, 'opts', ownOptions(options)]
}

/** A job that has used up its attempts, or that no worker can read. */
export interface DeadLetter {
  id: string
  /** The reason why the last attempt failed. */
  reason: string
  attempts: number
  failedAt: Date
  /** The job's data in Redis: JSON, unless another program has written it. */
  data: string
}

/** The digest of this machine's model with this name or path; '' where there is none. */
export async function localDigest(model: string | undefined): Promise<string> {
  try {
    const folder = modelFolder(model)
    return existsSync(folder) ? await modelDigest(folder) : ''
  } catch {
    return '' // a model that is not installed, or a folder that cannot be read, belongs to other machines
  }
}

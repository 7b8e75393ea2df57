import { LARGEST_JOB } from '../../base/limits.ts'
import { whole } from '../../base/number-text.ts'
import { checkSize } from '../../files/formats/json/json-text.ts'

/** In place of the data of a job that is not read: why. */
export class Unread {
  readonly reason: string

  constructor(reason: string) {
    this.reason = reason
  }
}

/** Reads the data of a job that anyone may have written, within limits; null where it is no JSON. */
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

/** The most attempts, and seconds before the second, that a stored job may ask for. */
const [MOST_ATTEMPTS, LONGEST_BACKOFF] = [1000, 24 * 3600]

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isWithin = (value: unknown, most: number): value is number =>
  typeof value === 'number' && value >= 0 && value <= most

/**
 * The options of BullMQ that are ours, of those that a job has: attempts, the wait before the second, and how long its result is kept. BullMQ
 * would fail to finish a job with others again and again, and never count an attempt.
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

/** The fields of BullMQ that mean something for our jobs; others, of repeated jobs and of parents, are not looked at. */
const OWN = new Set([
  ...['name', 'data', 'timestamp', 'delay', 'priority', 'ats', 'atm', 'attemptsMade', 'stc', 'processedOn'],
  ...['finishedOn', 'failedReason', 'stacktrace', 'defa', 'pb', 'progress', 'returnvalue'],
])

/** The counts of BullMQ, which its scripts add to. */
const COUNTS = new Set(['ats', 'atm', 'stc'])

/**
 * Fields of a job, name and value in turns as Redis answers them, with which BullMQ's scripts would fail to finish the job: of parents and of
 * repeated jobs, and counts that are no numbers.
 */
export function wrongFields(stored: readonly string[]): string[] {
  const names = stored.filter((_, i) => i % 2 === 0)
  return names.filter((name, i) =>
    COUNTS.has(name) ? !/^-?\d{1,15}$/.test(stored[2 * i + 1]!) : name !== 'opts' && !OWN.has(name),
  )
}

/** Fields of earlier attempts that nobody asks for. */
const UNREAD = new Set(['progress', 'returnvalue'])

/** The fields of a job, name and value in turns as Redis answers them, of which BullMQ can make a job whatever they were. */
export function ownFields(stored: readonly string[]): string[] {
  const fields: string[] = []
  const wrong = wrongFields(stored)
  let options: string | undefined
  for (let i = 0; i < stored.length; i += 2)
    if (stored[i] === 'opts') options = stored[i + 1]
    else if (OWN.has(stored[i]!) && !UNREAD.has(stored[i]!) && !wrong.includes(stored[i]!))
      fields.push(stored[i]!, stored[i + 1]!)
  return [...fields, 'opts', ownOptions(options)]
}

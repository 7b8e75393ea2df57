import { createHash } from 'node:crypto'
import { GlassformerError } from '../../../base/errors.ts'
import { LARGEST_JOB, MOST_JOB_TEXTS } from '../../../base/limits.ts'
import { inMemory, type Place } from '../../../base/schema/place.ts'
import { read, settings } from '../../../base/schema/settings.ts'
import { integer, listOf, type Type, text } from '../../../base/schema/types.ts'
import { whole } from '../../../base/values/number-text.ts'
import { givenTranslation, type JobOptions } from './options.ts'
import { type SoundOptions, soundSettings } from './sound-job.ts'
import { Unread } from './stored-job.ts'

/**
 * The version of the format of jobs and results. A worker of another version makes the job a dead letter and records
 * the reason.
 */
export const VERSION = 1

/** The data of a job in Redis: texts, and their translation options. */
export interface Job {
  version: number
  /** The name of the model's queue. */
  model: string
  /**
   * The digest of the requested model, so that another model with the same name makes another job; '' where it was
   * unknown.
   */
  digest: string
  /** The position of the first text among all, from 1. */
  first: number
  texts: readonly string[]
  options: JobOptions
  /** For a model of speech, whose texts are paths of sounds: how these are written down. */
  sound?: SoundOptions
}

/** The model of a queue: its name, and the digest of its files. */
export interface QueuedModel {
  model: string
  digest: string
}

/** A job with its id, which is a function of the texts, their position, the model and the options. */
export interface IdentifiedJob {
  id: string
  job: Job
}

/** @throws GlassformerError ERR_INPUT_TOO_LONG for a job too large for workers to read */
export function identified(
  { model, digest }: QueuedModel,
  first: number,
  texts: readonly string[],
  options: JobOptions,
  sound?: SoundOptions,
): IdentifiedJob {
  const job = { version: VERSION, model, digest, first, texts, options, ...(sound && { sound }) }
  const stored = JSON.stringify(job)
  if (Buffer.byteLength(stored) > LARGEST_JOB)
    throw new GlassformerError(
      'ERR_INPUT_TOO_LONG',
      `texts ${first} to ${first + texts.length - 1} and their options are more than ${whole(LARGEST_JOB)} bytes, the most of a job: give fewer texts to a job by the option 'lines', or a smaller glossary`,
    )
  return { id: createHash('sha256').update(stored).digest('hex').slice(0, 32), job }
}

const anObject: Type<object> = {
  expected: 'an object',
  accepts: (value): value is object => typeof value === 'object' && value !== null && !Array.isArray(value),
}

const thisVersion: Type<number> = {
  expected: `${VERSION}, the version of jobs that this worker knows`,
  accepts: (value): value is number => value === VERSION,
}

const texts = listOf(text, 'a list of one or more texts', 1)

const someTexts: Type<readonly string[]> = {
  ...texts,
  expected: `a list of 1 to ${whole(MOST_JOB_TEXTS)} texts`,
  accepts: (value): value is readonly string[] =>
    Array.isArray(value) && value.length <= MOST_JOB_TEXTS && texts.accepts(value),
}

const jobSettings = settings({
  version: { type: thisVersion, says: 'the version of the job' },
  model: { type: text, says: "the name of the model's queue" },
  digest: { type: text, default: '', says: "the digest of the model's files" },
  first: { type: integer(1), says: 'the place of the first text' },
  texts: { type: someTexts, says: 'what is translated' },
  options: { type: anObject, says: 'how it is translated' },
  sound: { type: anObject, optional: true, says: 'how the sounds are written down' },
})

/** The job in Redis' data, which any program may have written. @throws GlassformerError ERR_JOB */
export function readJob(id: string | undefined, model: string, data: unknown): Job {
  const place = inMemory(`job ${id}`, 'ERR_JOB')
  if (data instanceof Unread) place.refuse(data.reason)
  const { options, sound: given, ...job } = read(jobSettings, data, place)
  const sound = given && soundIn(given, place.within('sound'))
  if (job.model !== model) place.refuse(`it is for the model ${job.model}, in the queue of ${model}`)
  try {
    return { ...job, options: givenTranslation(options, place.within('options')), ...(sound && { sound }) }
  } catch (error) {
    if (!(error instanceof GlassformerError) || error.code === 'ERR_JOB') throw error
    throw new GlassformerError('ERR_JOB', `job ${id}: ${error.message}`, { cause: error }) // an entry of a glossary
  }
}

/** The given options of a transcription, each checked. */
function soundIn(given: object, place: Place): SoundOptions {
  read(soundSettings, given, place)
  return given
}

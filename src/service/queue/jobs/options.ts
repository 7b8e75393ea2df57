import { basename, resolve } from 'node:path'
import { MOST_JOB_TEXTS } from '../../../base/limits.ts'
import { pathOf } from '../../../base/path-of.ts'
import { reading } from '../../../base/reading.ts'
import { inOptions, type Place } from '../../../base/schema/place.ts'
import { type Given, read, settings, some } from '../../../base/schema/settings.ts'
import {
  either,
  flag,
  integer,
  listOf,
  notNegativeNumber,
  positiveNumber,
  positiveUpTo,
  text,
} from '../../../base/schema/types.ts'
import { fitted, type GenerationOptions, generationSettings } from '../../../engine/decode/settings/options.ts'
import { entriesOf } from '../../../use/translate/options/glossary-option.ts'
import { loadSettings, textSettings } from '../../../use/translate/options/options.ts'

/** The address of a queue, and the model of its jobs. */
export interface QueueOptions extends Given<typeof queueSettings> {}

/** Options for making jobs and translating their texts: the options of `translate` that JSON can express. */
export interface EnqueueOptions extends Given<typeof enqueueSettings> {}

export const queueSettings = settings({
  queue: {
    type: text,
    optional: true,
    otherwise: 'GLASSFORMER_QUEUE',
    flag: '--queue <url>',
    says: "the queue's Redis: `redis://[[user]:password@]host[:port][/database]`, or `rediss://` for TLS",
  },
  model: {
    type: text,
    optional: true,
    otherwise: 'fr-en, the embedded French → English model',
    flag: '-m, --model <folder>',
    says: 'model folder, or the name of a model: each has a queue of its own, named by the last part of this',
  },
})

/** Default retention of results in seconds: 1,000 lines per second add up to 1.4 GB in that time. */
const HOUR = 3600

export const cutSettings = settings({
  lines: {
    type: integer(1, MOST_JOB_TEXTS),
    default: 100,
    flag: '--lines <n>',
    says: 'maximum number of texts of a job',
  },
  attempts: {
    type: integer(1, 1000),
    default: 5,
    flag: '--attempts <n>',
    says: 'number of attempts before a job is a dead letter',
  },
  backoff: {
    type: notNegativeNumber,
    default: 1,
    flag: '--backoff <seconds>',
    says: 'seconds between the first attempt and the second; each further wait is twice as long',
  },
  keep: {
    type: integer(1),
    default: HOUR,
    flag: '--keep <seconds>',
    says: 'minimum seconds for which Redis keeps the result of a finished job',
  },
})

const someText = {
  expected: 'a text',
  accepts: (value: unknown): value is string => typeof value === 'string' && value !== '',
}

/** The translation options of a job's texts. */
export const translationSettings = settings({
  ...generationSettings,
  ...some(textSettings, 'split', 'format', 'retranslate', 'copyUnknown', 'readCapitals', 'adapter', 'glossary'),
  ...some(textSettings, 'sourceLanguage', 'targetLanguage'),
  protect: {
    ...textSettings.protect,
    type: either(flag, listOf(someText, 'a list of texts (a job cannot hold regular expressions)')),
  },
})

/** The options of `translate` that a job may contain. */
export type JobOptions = Given<typeof translationSettings>

/** The settings of a job, and of the queue that it goes into. */
export const enqueueSettings = settings({ ...queueSettings, ...cutSettings, ...translationSettings })

/** A caller's options, checked and complete. */
export interface ResolvedEnqueue {
  queue: string | undefined
  /** The name of the model's queue. */
  model: string
  /** The model in the caller's words: a folder or a name. */
  given: string | undefined
  lines: number
  attempts: number
  backoff: number
  keep: number
  translation: JobOptions
}

/** @throws GlassformerError ERR_OPTION */
export function resolveEnqueue(options: EnqueueOptions): ResolvedEnqueue {
  return reading('the options', () => {
    const { queue, model, lines, attempts, backoff, keep } = read(enqueueSettings, options, inOptions)
    const given = Object.fromEntries(Object.entries(options).filter(([name]) => name in translationSettings))
    return {
      queue,
      model: queueName(model),
      given: model,
      lines,
      attempts,
      backoff,
      keep,
      translation: givenTranslation(given, inOptions),
    }
  })
}

/** Options for the lines of a file. @throws GlassformerError ERR_OPTION */
export function resolveForLines(options: EnqueueOptions): ResolvedEnqueue {
  const resolved = resolveEnqueue(options)
  const { format = 'text' } = resolved.translation
  if (format !== 'text')
    inOptions.refuse(`option 'format': the lines of a file are texts; enqueue() takes documents in ${format}`)
  return resolved
}

/** The given options of a translation, each checked, in the order of the schema; a glossary is a list of pairs. */
export function givenTranslation(given: unknown, place: Place): JobOptions {
  const values = read(translationSettings, given, place)
  const kept = Object.entries(values).filter(([name]) => (given as Record<string, unknown>)[name] !== undefined)
  const options = Object.fromEntries(kept) as JobOptions
  if (options.beams !== undefined) fitted({ ...values } as GenerationOptions, options, place)
  return options.glossary === undefined ? options : { ...options, glossary: entriesOf(options.glossary) }
}

/** The name of a model's queue: the last part of the model's path or name. */
export function queueName(model: string | undefined): string {
  const name = model === undefined ? 'fr-en' : basename(resolve(pathOf("option 'model'", model)))
  return encodeURIComponent(name || 'model') // no colon, which separates the parts of keys in Redis
}

/** @throws GlassformerError ERR_OPTION */
export function resolveQueue(options: QueueOptions): { queue: string | undefined; model: string } {
  const { queue, model } = read(queueSettings, options, inOptions)
  return { queue, model: queueName(model) }
}

/** Maximum seconds of an attempt; a longer one is assumed never to end. */
const LONG = 600

/** The maximum seconds of a timer, 2^31 - 1 milliseconds. */
const LONGEST_TIMEOUT = 2_147_483

/** The settings of a worker other than those of its translator. */
export const workSettings = settings({
  jobs: {
    type: integer(1, 1000),
    optional: true,
    otherwise: 'twice the workers',
    flag: '--jobs <n>',
    says: 'maximum number of jobs in progress',
  },
  stalledAfter: {
    type: positiveNumber,
    default: 30,
    flag: '--stalled-after <seconds>',
    says: 'seconds without a sign of life after which other workers get the jobs of a worker',
  },
  timeout: {
    type: positiveUpTo(LONGEST_TIMEOUT),
    default: LONG,
    flag: '--timeout <seconds>',
    says: 'maximum seconds for an attempt at a job',
  },
  port: {
    type: integer(0, 65_535),
    optional: true,
    otherwise: 'none: nothing listens',
    flag: '--port <n>',
    says: 'a port at which `/health`, `/ready` and `/metrics` tell how the worker is; 0: one that is free',
  },
  host: {
    type: text,
    default: '127.0.0.1',
    flag: '--host <address>',
    says: 'the address of that port; 0.0.0.0 for all of this machine',
  },
})

export const allWorkSettings = settings({ ...queueSettings, ...loadSettings, ...workSettings })

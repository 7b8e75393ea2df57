import { resolve } from 'node:path'
import { inOptions } from '../../base/schema/place.ts'
import { type Given, read, settings, some } from '../../base/schema/settings.ts'
import { type Enqueued, enqueuedOf } from './enqueue.ts'
import { identified } from './jobs/job.ts'
import { cutSettings, queueName, queueSettings } from './jobs/options.ts'
import { soundSettings } from './jobs/sound-job.ts'

const enqueueSoundSettings = settings({
  ...queueSettings,
  ...some(cutSettings, 'attempts', 'backoff', 'keep'),
  ...soundSettings,
})

/** The queue, and how sounds are written down. */
export interface EnqueueSoundsOptions extends Given<typeof enqueueSoundSettings> {}

/**
 * Adds files of sound to the queue of a model of speech, a job each. Jobs hold paths: workers on other machines must
 * find the files under the same ones. `result()` has a transcript in `outputFormat` for each; a sound that cannot be
 * read has an `error` in its place.
 * @throws GlassformerError ERR_OPTION, ERR_INPUT_TOO_LONG, ERR_QUEUE
 */
export async function enqueueSounds(
  sounds: string | readonly string[],
  options: EnqueueSoundsOptions = {},
): Promise<Enqueued> {
  const { queue, model: given, attempts, backoff, keep } = read(enqueueSoundSettings, options, inOptions)
  const sound = Object.fromEntries(Object.entries(options).filter(([name]) => name in soundSettings))
  const resolved = { queue, model: queueName(given), given, lines: 1, attempts, backoff, keep, translation: {} }
  const paths = [sounds].flat().map((path) => resolve(path))
  return enqueuedOf(resolved, (model) => paths.map((path) => identified(model, 1, [path], {}, sound)))
}

import { GlassformerError } from '../../../base/errors.ts'
import { whole } from '../../../base/values/number-text.ts'
import type { ReadDocument } from './read-document.ts'

/**
 * Reads documents in threads, whose code is loaded by the first of them. `most`: the most texts of a document.
 * @throws GlassformerError ERR_INPUT_TOO_LONG for a document of more texts, and as `readInThread`
 */
export const documentsInThreads =
  (most = Infinity): ReadDocument =>
  async (source, parsing, scheduling) => {
    const { readInThread } = await import('./read-in-thread.ts')
    return readInThread(source, parsing, scheduling, (count) => {
      if (count > most)
        throw new GlassformerError(
          'ERR_INPUT_TOO_LONG',
          `a document may have ${whole(most)} texts (queueTexts), not ${whole(count)}: give it in smaller parts`,
        )
    })
  }

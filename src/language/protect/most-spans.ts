import { GlassformerError } from '../../base/errors.ts'
import { whole } from '../../base/values/number-text.ts'

/**
 * The maximum number of protected parts in a text. They cross from thread to thread with the text and its translation,
 * and the event loop takes about two microseconds for each of them.
 */
const MOST_SPANS = 10_000

/** @throws GlassformerError ERR_INPUT_TOO_LONG for a text of more protected parts */
export function checkSpans(count: number): void {
  if (count > MOST_SPANS)
    throw new GlassformerError(
      'ERR_INPUT_TOO_LONG',
      `a text has ${whole(count)} tags and placeholders, and may have ${whole(MOST_SPANS)}: give it in smaller parts`,
    )
}

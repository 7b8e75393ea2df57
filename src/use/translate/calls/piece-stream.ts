import { AsyncQueue } from '../../../workers/requests/async-queue.ts'
import { onAbort } from '../../../workers/requests/on-abort.ts'
import type { Piece, Translation } from '../translation/translation.ts'

/**
 * The pieces of one translation as they become certain; returns the whole translation. `signal` stops the work, and so
 * does leaving the loop. `translate` receives the signal, and a callback for pieces.
 */
export async function* pieceStream(
  signal: AbortSignal | undefined,
  translate: (signal: AbortSignal, piece: (text: string) => void) => Promise<Translation[]>,
): AsyncGenerator<Piece, Translation, undefined> {
  const pieces = new AsyncQueue<Piece>()
  const left = new AbortController()
  if (signal?.aborted) left.abort(signal.reason)
  const leave = signal && onAbort(signal, () => left.abort(signal.reason))
  const translations = translate(left.signal, (text) => pieces.push({ text }))
  pieces.endWith(translations)
  try {
    yield* pieces
    return (await translations)[0]
  } finally {
    leave?.()
    left.abort()
  }
}

import { GlassformerError, isError, shown } from '../errors.ts'
import type { Chunk } from './chunks.ts'
import type { Result, Side } from './messages.ts'
import { onAbort } from './on-abort.ts'
import type { Pool, Request } from './pool.ts'

let requests = 0

/** Gives chunks to the pool. Resolves with the result of every source or pair, in their order; rejects with the first failure. */
export function request<R extends Result>(
  pool: Pool,
  chunks: readonly Chunk[],
  { signal, piece }: { signal?: AbortSignal; piece?: (text: string) => void },
): Promise<R[]> {
  if (signal?.aborted) return Promise.reject(aborted(signal))
  if (!chunks.length) return Promise.resolve([])
  const results: R[] = new Array(chunks.reduce((sum, { indices }) => sum + indices.length, 0))
  let missing = chunks.length
  return new Promise((resolve, reject) => {
    let leave = () => {}
    const request: Request = {
      number: requests++,
      chunks: [...chunks],
      piece,
      done({ indices }, list) {
        list.forEach((result, k) => {
          results[indices[k]] = result as R
        })
        if (--missing > 0) return
        leave()
        resolve(results)
      },
      fail(error, index, side) {
        leave()
        reject(index === undefined ? error : atIndex(error, index, results.length, side))
      },
    }
    if (signal)
      leave = onAbort(signal, () => {
        pool.cancel(request)
        reject(aborted(signal))
      })
    pool.add(request)
  })
}

export function aborted({ reason }: AbortSignal): GlassformerError {
  // Signals of older libraries have no reason.
  const why = reason === undefined ? '' : `: ${messageOf(reason) ?? shown(reason)}`
  return new GlassformerError('ERR_ABORTED', `the request was aborted by its signal${why}`, { cause: reason })
}

/** The message of a reason, where the reason has one; a reason may be any value. */
function messageOf(reason: unknown): string | undefined {
  try {
    if (isError(reason) && typeof reason.message === 'string') return reason.message
  } catch {} // a getter may throw
  return undefined
}

/** The same error, which also says which of several sources (or targets) it is about. */
export function atIndex(
  error: GlassformerError,
  index: number,
  count: number,
  side: Side = 'source',
): GlassformerError {
  if (count === 1) return error
  return new GlassformerError(error.code, `${side} ${index}: ${error.message}`, { cause: error })
}

/** Which of several sources an error is about, as `atIndex` has it; null where the error does not say. */
export function indexIn({ message }: GlassformerError): number | null {
  const index = /^source (\d+): /.exec(message)?.[1]
  return index === undefined ? null : Number(index)
}

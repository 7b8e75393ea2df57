import { GlassformerError, isError, shown } from '../errors.ts'
import type { Result, Side } from './messages.ts'
import { onAbort } from './on-abort.ts'
import type { Pool, Request } from './pool.ts'
import type { Unit } from './units.ts'

let requests = 0

/** Gives units to the pool. Resolves with the result of every item, in their order; the first failure is the request's. */
export function request<R extends Result>(
  pool: Pool,
  units: readonly Unit[],
  { signal, piece }: { signal?: AbortSignal; piece?: (text: string) => void },
): Promise<R[]> {
  if (signal?.aborted) return Promise.reject(aborted(signal))
  if (!units.length) return Promise.resolve([])
  const results: R[] = new Array(units.reduce((sum, { items }) => sum + items.length, 0))
  let missing = units.length
  return new Promise((resolve, reject) => {
    let leave = () => {}
    const request: Request = {
      number: requests++,
      units: [...units],
      piece,
      done({ items }, list) {
        list.forEach((result, k) => {
          results[items[k]] = result as R
        })
        if (--missing > 0) return
        leave()
        resolve(results)
      },
      fail(error, item, side) {
        leave()
        reject(item === undefined ? error : atItem(error, item, results.length, side))
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
  // Signals of older libraries give no reason.
  const why = reason === undefined ? '' : `: ${messageOf(reason) ?? shown(reason)}`
  return new GlassformerError('ERR_ABORTED', `the request was aborted by its signal${why}`, { cause: reason })
}

/** Of an error whose message is a text; anything may be a reason. */
function messageOf(reason: unknown): string | undefined {
  try {
    if (isError(reason) && typeof reason.message === 'string') return reason.message
  } catch {} // a getter's
  return undefined
}

/** An error that says which of several sources (or targets) it is about. */
export function atItem(error: GlassformerError, item: number, count: number, side: Side = 'source'): GlassformerError {
  if (count === 1) return error
  return new GlassformerError(error.code, `${side} ${item}: ${error.message}`, { cause: error })
}

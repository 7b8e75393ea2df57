import { GlassformerError, isError, shown } from '../../../base/errors.ts'
import { whole } from '../../../base/values/number-text.ts'
import type { Chunk } from './chunks.ts'
import type { Result, Side } from './messages.ts'
import { onAbort } from './on-abort.ts'
import type { Amount } from './open-work.ts'
import type { Outcomes } from './outcomes.ts'
import type { Pool } from './pool.ts'
import type { Request } from './pool-request.ts'
import type { Scheduling } from './scheduling.ts'

let requests = 0

/** A unique number for a request, or a stream of requests. */
export const newNumber = () => requests++

/** Settings of a request, apart from its chunks. */
export interface RequestOptions {
  scheduling: Scheduling
  /** The number of sources or pairs of the request. Default: those of its chunks. */
  count?: number
  /** The time at which the call began, as `performance.now()` measures it. */
  began?: number
  /** Number for taking turns: requests with the same number take turns as one. */
  turn?: number
  /** Whether the request belongs to work that has been accepted before, so that a full queue does not refuse it. */
  isContinuation?: boolean
  piece?: (text: string) => void
  prefix?: Request['prefix']
  /** Whether another worker repeats the same pieces after a worker has died. */
  isRepeatable?: boolean
}

/**
 * Gives chunks to the pool. Resolves with the result of every source or pair, in order; rejects with the first failure.
 */
export function request<R extends Result>(
  pool: Pool,
  chunks: readonly Chunk[],
  {
    scheduling,
    count,
    began = performance.now(),
    turn,
    isContinuation,
    piece,
    prefix,
    isRepeatable = true,
  }: RequestOptions,
): Promise<R[]> {
  const { signal, timeout, priority, client } = scheduling
  if (signal?.aborted) return Promise.reject(aborted(signal))
  if (!chunks.length) return Promise.resolve([])
  const open = amountOf(chunks)
  try {
    pool.open.enter(open, isContinuation)
  } catch (error) {
    pool.outcomes.refused++
    return Promise.reject(error)
  }
  pool.outcomes.accepted++
  const results: R[] = new Array(count ?? open.texts)
  let missing = chunks.length
  const pieces = piece && new RepeatedPieces(piece)
  return new Promise((resolve, reject) => {
    let leave = () => {}
    let timer: NodeJS.Timeout | undefined
    const end = (outcome: keyof Outcomes) => {
      leave()
      clearTimeout(timer)
      pool.open.leave(open, false)
      pool.outcomes[outcome]++
    }
    const number = newNumber()
    const request: Request = {
      number,
      turn: { request: turn ?? number, priority, client },
      acceptedAt: performance.timeOrigin + began,
      chunks: [...chunks],
      piece: pieces && ((text) => pieces.push(text)),
      prefix,
      again() {
        if (pieces?.hasBegun && !isRepeatable)
          throw new GlassformerError(
            'ERR_WORKER',
            'a worker thread died after a part of this stream had come; it is sampled without a seed, so that the rest cannot be found again',
          )
        pieces?.again()
      },
      done(chunk, list) {
        list.forEach((result, k) => {
          results[chunk.indices[k]] = result as R
        })
        const done = amountOf([chunk])
        open.texts -= done.texts
        open.characters -= done.characters
        pool.open.leave(done, true)
        if (--missing > 0) return
        end('answered')
        resolve(results)
      },
      fail(error, index, side) {
        end('failed')
        reject(index === undefined ? error : atIndex(error, index, results.length, side))
      },
    }
    if (signal)
      leave = onAbort(signal, () => {
        pool.cancel(request)
        end('aborted')
        reject(aborted(signal))
      })
    if (timeout !== undefined)
      timer = setTimeout(
        () => {
          pool.cancel(request)
          end('timedOut')
          reject(timedOut(timeout))
        },
        timeout + began - performance.now(),
      )
    pool.add(request)
  })
}

const amountOf = (chunks: readonly Chunk[]): Amount => ({
  texts: chunks.reduce((sum, { indices }) => sum + indices.length, 0),
  characters: chunks.reduce((sum, { characters }) => sum + characters, 0),
})

/**
 * Filters the pieces of a text, which are repeated after a worker has died: pieces that have been passed on are not
 * passed on again.
 */
class RepeatedPieces {
  readonly #piece: (text: string) => void
  #handedOn = 0
  #seen = 0

  constructor(piece: (text: string) => void) {
    this.#piece = piece
  }

  get hasBegun(): boolean {
    return this.#handedOn > 0
  }

  again(): void {
    this.#seen = 0
  }

  push(text: string): void {
    this.#seen += text.length
    const added = this.#seen - this.#handedOn
    if (added <= 0) return
    this.#handedOn = this.#seen
    this.#piece(text.slice(-added))
  }
}

export const timedOut = (timeout: number): GlassformerError =>
  new GlassformerError(
    'ERR_TIMEOUT',
    `the request was not done within ${whole(timeout)} ms (timeout): allow more, or ask for less at a time`,
  )

export function aborted({ reason }: AbortSignal): GlassformerError {
  // Signals of older libraries have no reason.
  const why = reason === undefined ? '' : `: ${messageOf(reason) ?? shown(reason)}`
  return new GlassformerError('ERR_ABORTED', `the request was aborted by its signal${why}`, { cause: reason })
}

/** The message of an abort reason, if it has one; a reason may be any value. */
function messageOf(reason: unknown): string | undefined {
  try {
    if (isError(reason) && typeof reason.message === 'string') return reason.message
  } catch {} // a getter may throw
  return undefined
}

/** The same error, with the index of the source (or target) that it is about. */
export function atIndex(
  error: GlassformerError,
  index: number,
  count: number,
  side: Side = 'source',
): GlassformerError {
  if (count === 1) return error
  return new GlassformerError(error.code, `${side} ${index}: ${error.message}`, { cause: error })
}

/** The index of the source that an error is about, as `atIndex` writes it; null if the error has none. */
export function indexIn({ message }: GlassformerError): number | null {
  const index = /^source (\d+): /.exec(message)?.[1]
  return index === undefined ? null : Number(index)
}

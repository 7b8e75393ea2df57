import { GlassformerError, isError, shown } from '../../base/errors.ts'
import { whole } from '../../base/values/number-text.ts'
import type { JobKind, ProgressOf, ResultOf, Side } from '../jobs/job-kind.ts'
import type { Amount, Backlog, Outcomes } from './backlog.ts'
import type { Chunk } from './chunks.ts'
import { onAbort } from './on-abort.ts'
import type { Request } from './request.ts'
import type { Scheduling } from './scheduling.ts'

let requests = 0

/** A unique number for a request, or a stream of requests. */
export const newNumber = () => requests++

/** Settings of a request, apart from its chunks. */
export interface SubmitOptions<Kind extends JobKind = JobKind> {
  scheduling: Scheduling
  /** The number of sources or pairs of the request. Default: those of its chunks. */
  count?: number
  /** The time at which the call began, as `performance.now()` measures it. */
  began?: number
  /** Number for taking turns: requests with the same number take turns as one. */
  turn?: number
  /** Whether the request belongs to work that has been accepted before, so that a full queue does not refuse it. */
  isContinuation?: boolean
  /** Takes a partial result of a chunk. */
  progress?(value: ProgressOf<Kind>, chunk: Chunk<Kind>): void
  /** Called when a chunk begins anew, because its worker has died. It throws if the request cannot be continued. */
  again?(): void
}

/** Workers that take requests: a pool. */
export interface Workers {
  readonly backlog: Backlog
  readonly outcomes: Outcomes
  add(request: Request): void
  cancel(request: Request): void
}

/** Workers that have chunks of work done: a pool of threads, or the worker of a page. */
export interface JobPool {
  /** Resolves with the result of every source or pair, in order; rejects with the first failure. */
  submit<Kind extends JobKind>(chunks: readonly Chunk<Kind>[], options: SubmitOptions<Kind>): Promise<ResultOf<Kind>[]>
  close(): Promise<void>
}

/**
 * Gives chunks to workers. Resolves with the result of every source or pair, in order; rejects with the first failure.
 */
export function submit<Kind extends JobKind>(
  workers: Workers,
  chunks: readonly Chunk<Kind>[],
  { scheduling, count, began = performance.now(), turn, isContinuation, progress, again }: SubmitOptions<Kind>,
): Promise<ResultOf<Kind>[]> {
  const { signal, timeout, priority, client } = scheduling
  if (signal?.aborted) return Promise.reject(aborted(signal))
  if (!chunks.length) return Promise.resolve([])
  const open = amountOf(chunks)
  try {
    workers.backlog.enter(open, { client, isContinuation })
  } catch (error) {
    workers.outcomes.refused++
    return Promise.reject(error)
  }
  workers.outcomes.accepted++
  const results: ResultOf<Kind>[] = new Array(count ?? open.texts)
  let missing = chunks.length
  return new Promise((resolve, reject) => {
    let leave = () => {}
    let timer: NodeJS.Timeout | undefined
    const end = (outcome: keyof Outcomes) => {
      leave()
      clearTimeout(timer)
      workers.backlog.leave(open, { client, isAnswered: false })
      workers.outcomes[outcome]++
    }
    const number = newNumber()
    const request: Request = {
      number,
      turn: { request: turn ?? number, priority, client },
      acceptedAt: performance.timeOrigin + began,
      chunks: [...chunks],
      progress: progress && ((chunk, value) => progress(value as ProgressOf<Kind>, chunk as Chunk<Kind>)),
      again,
      done(chunk, list) {
        list.forEach((result, k) => {
          results[chunk.indices[k]] = result as ResultOf<Kind>
        })
        const done = amountOf([chunk])
        open.texts -= done.texts
        open.characters -= done.characters
        workers.backlog.leave(done, { client, isAnswered: true })
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
        workers.cancel(request)
        end('aborted')
        reject(aborted(signal))
      })
    if (timeout !== undefined)
      timer = setTimeout(
        () => {
          workers.cancel(request)
          end('timedOut')
          reject(timedOut(timeout))
        },
        timeout + began - performance.now(),
      )
    workers.add(request)
  })
}

const amountOf = (chunks: readonly Chunk[]): Amount => ({
  texts: chunks.reduce((sum, { indices }) => sum + indices.length, 0),
  characters: chunks.reduce((sum, { characters }) => sum + characters, 0),
})

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

/** The same error, with the index of the source, target or image that it is about. */
export function atIndex(
  error: GlassformerError,
  index: number,
  count: number,
  what: Side | 'image' = 'source',
): GlassformerError {
  if (count === 1) return error
  return new GlassformerError(error.code, `${what} ${index}: ${error.message}`, { cause: error })
}

/** The index of the source that an error is about, as `atIndex` writes it; null if the error has none. */
export function indexIn({ message }: GlassformerError): number | null {
  const index = /^source (\d+): /.exec(message)?.[1]
  return index === undefined ? null : Number(index)
}

import { GlassformerError } from '../../base/errors.ts'
import { aborted, atIndex, fromPlain, onAbort, type Side, timedOut } from '../translate/for-pages.ts'
import type { CallContents, FromWorker } from './loading/messages.ts'
import type { PageWorker } from './start-worker.ts'

/** A call that the worker has not answered. */
interface OpenCall {
  piece?(text: string): void
  /** The error of one source or pair, which names it. */
  failed(error: GlassformerError, index: number, side?: Side): GlassformerError
  resolve(results: readonly unknown[]): void
  reject(error: GlassformerError): void
}

/** When a call ends early, and what it tells meanwhile. */
interface AskOptions extends Partial<Pick<OpenCall, 'piece' | 'failed'>> {
  signal?: AbortSignal
  timeout?: number
}

/** Calls to a worker that has loaded its model. */
export class Calls {
  readonly #worker: PageWorker
  readonly #open = new Map<number, OpenCall>()
  #next = 0
  /** The reason why no more calls are accepted. */
  #ended: GlassformerError | null = null

  constructor(worker: PageWorker) {
    this.#worker = worker
    worker.onmessage = ({ data }) => this.#receive(data)
    worker.onerror = (event) => {
      event.preventDefault()
      this.end(new GlassformerError('ERR_WORKER', `the worker died: ${event.message}; load the model again`))
    }
  }

  /**
   * Resolves with the result of every source or pair of the call, `count` in number, in order; `timeout` is in
   * milliseconds. `failed` names the source that an error is about, by default by its place in the call.
   */
  async ask<R>(
    contents: CallContents,
    count: number,
    { signal, timeout, piece, failed = (...own) => atIndex(own[0], own[1], count, own[2]) }: AskOptions,
  ): Promise<R[]> {
    if (this.#ended) throw this.#ended
    if (signal?.aborted) throw aborted(signal)
    if (!count) return []
    const call = this.#next++
    const leave = signal && onAbort(signal, () => this.#cancel(call, aborted(signal)))
    const timer = timeout === undefined ? undefined : setTimeout(() => this.#cancel(call, timedOut(timeout)), timeout)
    try {
      return await new Promise<R[]>((resolve, reject) => {
        this.#open.set(call, {
          piece,
          failed,
          reject,
          resolve: (results) => resolve(results as R[]),
        })
        this.#worker.postMessage({ type: 'call', call, contents })
      })
    } finally {
      leave?.()
      clearTimeout(timer)
      this.#open.delete(call)
    }
  }

  /** Ends the worker; open and later calls fail with `error`. */
  end(error: GlassformerError): void {
    if (this.#ended) return
    this.#ended = error
    this.#worker.terminate()
    for (const { reject } of this.#open.values()) reject(error)
  }

  #cancel(call: number, error: GlassformerError): void {
    this.#worker.postMessage({ type: 'cancel', call })
    this.#open.get(call)?.reject(error)
  }

  #receive(message: FromWorker): void {
    if (!('call' in message)) return
    const open = this.#open.get(message.call)
    if (!open) return // canceled meanwhile
    if (message.type === 'piece') return open.piece?.(message.text)
    if (message.type === 'done') return open.resolve(message.results)
    const { error, index, side } = message
    open.reject(index === undefined ? fromPlain(error) : open.failed(fromPlain(error), index, side))
  }
}

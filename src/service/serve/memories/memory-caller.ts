import { Worker } from 'node:worker_threads'
import { GlassformerError, messageOf } from '../../../base/errors.ts'
import { threadFile } from '../../../base/package/package-folder.ts'
import { fromPlain } from '../../../workers/threads/messages.ts'
import type { MemoryFiles } from './memory-files.ts'
import type { MemoryAnswer, MemoryArguments, MemoryCall, MemoryMethod, MemorySettings } from './messages.ts'

interface Waiting {
  resolve(result: unknown): void
  reject(error: GlassformerError): void
}

/** Calls the files of memories in their thread, which is started for the first call, and anew where it has died. */
export class MemoryCaller {
  readonly #settings: MemorySettings
  readonly #waiting = new Map<number, Waiting>()
  #thread: Worker | null = null
  #number = 0
  #isClosed = false

  constructor(settings: MemorySettings) {
    this.#settings = settings
  }

  /** @throws GlassformerError ERR_WORKER, ERR_CLOSED, and the errors of the method */
  call<Name extends MemoryMethod>(name: Name, ...given: MemoryArguments<Name>): Promise<ReturnType<MemoryFiles[Name]>> {
    if (this.#isClosed) return Promise.reject(closed())
    return new Promise((resolve, reject) => {
      this.#thread ??= this.#start()
      const id = this.#number++
      this.#waiting.set(id, { resolve: resolve as Waiting['resolve'], reject })
      this.#thread.ref()
      this.#thread.postMessage({ id, name, given } satisfies MemoryCall<Name>)
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const thread = this.#thread
    this.#lose(thread, closed())
    await thread?.terminate()
  }

  #start(): Worker {
    const workerData = this.#settings
    let thread: Worker
    try {
      thread = new Worker(threadFile('./memory-thread', import.meta.url), {
        name: 'glassformer',
        execArgv: [],
        workerData,
      })
    } catch (cause) {
      throw new GlassformerError('ERR_WORKER', `a thread for memories cannot be started: ${messageOf(cause)}`, {
        cause,
      })
    }
    const died = (why: string) => new GlassformerError('ERR_WORKER', `the thread of the memories has died: ${why}`)
    thread.on('message', (answer: MemoryAnswer) => this.#settle(answer))
    thread.on('error', (error) => this.#lose(thread, died(messageOf(error))))
    thread.on('exit', (code) => this.#lose(thread, died(`exit code ${code}`)))
    return thread
  }

  #settle(answer: MemoryAnswer): void {
    const waiting = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if (!this.#waiting.size) this.#thread?.unref()
    if ('error' in answer) waiting?.reject(fromPlain(answer.error))
    else waiting?.resolve(answer.result)
  }

  /** Ends all calls of a thread. */
  #lose(thread: Worker | null, error: GlassformerError): void {
    if (this.#thread !== thread) return
    this.#thread = null
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { reject } of waiting) reject(error)
  }
}

const closed = () => new GlassformerError('ERR_CLOSED', 'the server stops: ask another one, or this one later')

import { EventEmitter } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { GlassformerError, messageOf } from '../../base/errors.ts'
import { bundledVersion, requireFrom } from '../../base/package/package-folder.ts'
import type { StartWorkerThread, WorkerStart, WorkerThread } from './messages.ts'

/**
 * Starts threads with this file; the port of each is handed over to it.
 * @throws GlassformerError ERR_WORKER if Node.js may not start threads
 */
export const threadStarter =
  (file: URL): StartWorkerThread =>
  (workerData) => {
    try {
      // The worker gets no options of the main thread's command line: --eval and --input-type would keep it from
      // starting.
      return new Worker(file, {
        workerData,
        transferList: [workerData.port],
        name: 'glassformer',
        execArgv: [],
      })
    } catch (cause) {
      const isForbidden = (cause as NodeJS.ErrnoException).code === 'ERR_ACCESS_DENIED'
      const why = isForbidden ? 'node --permission needs --allow-worker for it' : messageOf(cause)
      throw new GlassformerError('ERR_WORKER', `a worker thread cannot be started: ${why}`, { cause })
    }
  }

/**
 * Has the work of a pool done on the calling thread by the code of this file, whose event loop stands still in each step. A thread of its own
 * takes as long to start as a short sentence takes to be translated three times, and parses what it runs once more.
 */
export const onSameThread =
  (file: URL): StartWorkerThread =>
  (start) =>
    new SameThread(file, start)

class SameThread extends EventEmitter implements WorkerThread {
  readonly #port: WorkerStart['port']

  constructor(file: URL, start: WorkerStart) {
    super()
    this.#port = start.port
    this.ref() // until it has loaded the model, or has said why it has not
    loadEntry(file).then(
      (module) => module.work(start),
      (error: unknown) => this.emit('error', error),
    )
  }

  ref(): void {
    this.#port.ref()
  }

  unref(): void {
    this.#port.unref()
  }

  async terminate(): Promise<number> {
    this.#port.close()
    return 0
  }
}

/** A file of worker threads as a module. */
interface WorkerEntry {
  work(start: WorkerStart): void
}

/** In the package the file is CommonJS, which a loader of ES modules would read twice. */
async function loadEntry(file: URL): Promise<WorkerEntry> {
  return bundledVersion ? requireFrom(file)(fileURLToPath(file)) : import(file.href)
}

import { EventEmitter } from 'node:events'
import { fileURLToPath } from 'node:url'
import { bundledVersion, requireFrom } from '../../base/package/package-folder.ts'
import type { StartWorkerThread, WorkerStart, WorkerThread } from './messages.ts'

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

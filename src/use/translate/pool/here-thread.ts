import { EventEmitter } from 'node:events'
import { fileURLToPath } from 'node:url'
import { bundledVersion } from '../../../base/package/bundled.ts'
import { requireFrom } from '../../../base/package/require-from.ts'
import { threadFile } from '../../../base/package/thread-file.ts'
import type { WorkerStart } from './messages.ts'
import type { work } from './work.ts'
import type { StartWorkerThread, WorkerThread } from './worker-thread.ts'

/**
 * Has the work of a pool done on the calling thread, whose event loop stands still in each step. A thread of its own
 * takes as long to start as a short sentence takes to be translated three times, and parses what it runs once more.
 */
export const workHere: StartWorkerThread = (start) => new HereThread(start)

class HereThread extends EventEmitter implements WorkerThread {
  readonly #port: WorkerStart['port']

  constructor(start: WorkerStart) {
    super()
    this.#port = start.port
    this.ref() // until it has loaded the model, or has said why it has not
    loadWork().then(
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

/** The code of worker threads. In the package it is the file that they start with, which a loader of ES modules would read twice. */
async function loadWork(): Promise<{ work: typeof work }> {
  const file = threadFile('worker', import.meta.url)
  return bundledVersion ? requireFrom(file)(fileURLToPath(file)) : import(file.href)
}

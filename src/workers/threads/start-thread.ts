import { Worker } from 'node:worker_threads'
import { GlassformerError, messageOf } from '../../base/errors.ts'
import type { StartWorkerThread } from './messages.ts'

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

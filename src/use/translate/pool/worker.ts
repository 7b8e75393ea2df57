/**
 * The file of a worker thread. A thread that loads it for itself has the work done on its own, by `work`: the command
 * does, for a few short texts.
 */
import { workerData } from 'node:worker_threads'
import { giveWay } from './give-way.ts'
import { isWorkerStart } from './messages.ts'
import { work } from './work.ts'

export { work }

if (isWorkerStart(workerData)) {
  giveWay()
  const start = workerData
  // In the package, what this file requires on first use requires the whole of it.
  queueMicrotask(() => work(start))
}

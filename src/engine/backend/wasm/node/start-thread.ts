import { Worker } from 'node:worker_threads'
import { threadFile } from '../../../../base/package/package-folder.ts'
import type { StartThread } from '../../interface/wasm-surface.ts'

/** Starts a worker thread of Node.js, which does not keep the process alive. */
export const startThread: StartThread = (start, ended) => {
  const worker = new Worker(threadFile('wasm-thread', import.meta.url), {
    workerData: start,
    name: 'glassformer',
    execArgv: [],
    stdin: false,
  })
  worker.unref()
  worker.on('error', () => {}) // its end follows
  worker.on('exit', ended)
}

import { renameSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import * as workerThreads from 'node:worker_threads'
import { compiledPath, scriptOf } from '../compiled-code.ts'
import { packageFolder } from '../package-folder.ts'
import { type FromWorker, fromPlain, type SharedModel, type ToWorker, type Work, type WorkerStart } from './messages.ts'
import { resolveLoadOptions, resolveTranslateOptions } from './options.ts'
import { EMBEDDED } from './translator.ts'

/**
 * Keeps what V8 compiles of the worker's code until a first sentence is translated, so that worker threads need not compile it
 * again: a tenth of the processor time from the start of `node` to there. The code runs here, as if it were in a worker.
 */
export async function keepWorkerCode(): Promise<void> {
  const path = fileURLToPath(new URL('dist/bundle/worker.cjs', packageFolder))
  const script = scriptOf(path)
  const { port1: parentPort, port2: port } = new workerThreads.MessageChannel()
  const workerData: WorkerStart = { model: EMBEDDED, options: resolveLoadOptions({}), threads: new Int32Array([1]) }
  const threads = { ...workerThreads, parentPort, workerData }
  const require = createRequire(path)
  try {
    await new Promise<void>((resolve, reject) => {
      port.on('message', (message: FromWorker) => {
        if (message.type === 'ready') port.postMessage(firstWork(message.model!))
        else if (message.type === 'done') resolve()
        else if (message.type !== 'piece') reject(fromPlain(message.error))
      })
      script.runInThisContext()((name: string) => (name === 'node:worker_threads' ? threads : require(name)), path)
    })
  } finally {
    port.close()
  }
  // Written beside and renamed: a worker that starts meanwhile finds all of it or nothing.
  const beside = `${compiledPath(path)}.${process.pid}`
  writeFileSync(beside, script.createCachedData())
  renameSync(beside, compiledPath(path))
}

function firstWork({ generation, config }: SharedModel): ToWorker {
  const options = resolveTranslateOptions({}, generation, config)
  const work: Work = { kind: 'translate', sources: ['Je suis étudiant.'], options, stream: false }
  return { type: 'work', unit: 0, request: 0, work }
}

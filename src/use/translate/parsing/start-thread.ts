import { Worker } from 'node:worker_threads'
import { GlassformerError, messageOf } from '../../../base/errors.ts'
import { threadFile } from '../../../base/package/thread-file.ts'

/** Heap limit of a parsing thread in MiB. */
const HEAP = 512

/**
 * Starts a thread that parses documents.
 * @throws GlassformerError ERR_WORKER if Node.js may not start threads
 */
export function startThread(): Worker {
  try {
    return new Worker(threadFile('./parsing-thread', import.meta.url), {
      name: 'glassformer',
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: HEAP },
    })
  } catch (cause) {
    throw new GlassformerError('ERR_WORKER', `a thread for documents cannot be started: ${messageOf(cause)}`, { cause })
  }
}

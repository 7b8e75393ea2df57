import { Worker } from 'node:worker_threads'
import { isBundled } from '../../../base/bundled.ts'
import { GlassformerError, messageOf } from '../../../base/errors.ts'

/** Heap limit of a parsing thread in MiB. */
const HEAP = 512

/**
 * Starts a thread that parses documents.
 * @throws GlassformerError ERR_WORKER if Node.js may not start threads
 */
export function startThread(): Worker {
  try {
    return new Worker(new URL(isBundled ? './parsing-thread.cjs' : './parsing-thread.js', import.meta.url), {
      name: 'glassformer',
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: HEAP },
    })
  } catch (cause) {
    throw new GlassformerError('ERR_WORKER', `a thread for documents cannot be started: ${messageOf(cause)}`, { cause })
  }
}

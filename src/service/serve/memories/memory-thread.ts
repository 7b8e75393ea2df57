/** The thread in which the translation memories of a server are read, searched and written. */
import { parentPort, workerData } from 'node:worker_threads'
import { lowerPriority } from '../../../workers/threads/lower-priority.ts'
import { toPlain } from '../../../workers/threads/messages.ts'
import { MemoryFiles } from './memory-files.ts'
import type { MemoryAnswer, MemoryCall, MemorySettings } from './messages.ts'

const { folder, most } = workerData as MemorySettings
const files = new MemoryFiles(folder, most)

function answerTo({ id, name, given }: MemoryCall): MemoryAnswer {
  try {
    return { id, result: (files[name] as (...all: unknown[]) => unknown)(...given) }
  } catch (error) {
    return { id, error: toPlain(error) }
  }
}

lowerPriority()
// biome-ignore lint/style/noNonNullAssertion: this file runs in worker threads alone
parentPort!.on('message', (call: MemoryCall) => parentPort!.postMessage(answerTo(call)))

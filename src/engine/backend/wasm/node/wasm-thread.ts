/** A thread of a player of WebAssembly, in Node.js. */
import { workerData } from 'node:worker_threads'
import { runThread } from '../run-thread.ts'
import type { ThreadStart } from '../surface.ts'

runThread(workerData as ThreadStart)

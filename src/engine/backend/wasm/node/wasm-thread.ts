/** A thread of a player of WebAssembly, in Node.js. */
import { workerData } from 'node:worker_threads'
import type { ThreadStart } from '../../interface/wasm-surface.ts'
import { runThread } from '../imports.ts'

runThread(workerData as ThreadStart)

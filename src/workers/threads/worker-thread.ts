import type { WorkerStart } from './messages.ts'

/** A thread that does the work of a pool: one of its own, or the calling thread. */
export interface WorkerThread {
  on(event: 'error', listener: (error: unknown) => void): unknown
  on(event: 'exit', listener: (code: number) => void): unknown
  /** Keeps the process alive. */
  ref(): void
  unref(): void
  terminate(): Promise<number>
}

/** Starts a thread, whose end of the channel is handed over. @throws GlassformerError ERR_WORKER */
export type StartWorkerThread = (start: WorkerStart) => WorkerThread

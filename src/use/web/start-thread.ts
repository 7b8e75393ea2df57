import type { StartThread, ThreadStart } from '../../engine/backend/interface/wasm-surface.ts'

declare const self: { location: { href: string } }
declare const Worker: new (
  url: string,
  options: { name: string },
) => { postMessage(message: ThreadMessage): void; terminate(): void; onmessage: (() => void) | null }

/** The script of a thread of a WebAssembly player; it sends a message when it has ended. */
export interface ThreadMessage {
  type: 'thread'
  start: ThreadStart
}

/** Starts a thread in a worker of its own, which runs the same code as this one. */
export const startThread: StartThread = (start, ended) => {
  const worker = new Worker(self.location.href, { name: 'glassformer thread' })
  worker.onmessage = () => {
    worker.terminate()
    ended()
  }
  worker.postMessage({ type: 'thread', start })
}

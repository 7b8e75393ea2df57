/**
 * The end of a worker of pages that listens to them. On other threads the same file leaves the code that runs a model
 * there: a worker that a page can start from a disk is one file without exports, and a second file would contain the
 * same code again.
 */

import { present } from '../../base/present.ts'
import { runThread } from '../../engine/backend/wasm/imports.ts'
import { toPlain } from '../../workers/threads/messages.ts'
import { leaveRunner, type WorkName } from './calling-thread.ts'
import type { FromWorker, ToWorker } from './loading/messages.ts'
import { ModelCalls, type PageWork } from './model-calls.ts'
import { OnThisThread } from './on-this-thread.ts'
import type { ThreadMessage } from './start-thread.ts'

declare const self: {
  /** A thread sends null when it has ended. */
  postMessage(message: FromWorker | null, transfer?: readonly ArrayBuffer[]): void
  onmessage: ((event: { data: ToWorker | ThreadMessage }) => void) | null
}

declare const DedicatedWorkerGlobalScope: unknown

/** Makes this thread a worker of pages or, where it is none, leaves its work for `runnerHere`. */
export function work(name: WorkName, own: PageWork): void {
  if (typeof DedicatedWorkerGlobalScope === 'undefined') leaveRunner(name, () => new OnThisThread(own))
  else listen(own)
}

/** Loads a model and runs the page's calls, one step after the other. */
function listen(own: PageWork): void {
  const send = (message: FromWorker, transfer?: readonly ArrayBuffer[]) => self.postMessage(message, transfer)

  let calls: ModelCalls | undefined

  /** The next step is a message to this thread itself, after messages that have arrived meanwhile. */
  const turns = new MessageChannel()
  let isGoing = false

  turns.port1.addEventListener('message', () => {
    isGoing = false
    present(calls).step()
    go()
  })
  turns.port1.start()

  function go(): void {
    if (isGoing || !present(calls).busy) return
    isGoing = true
    turns.port2.postMessage(null)
  }

  self.onmessage = ({ data }) => {
    if (data.type === 'thread') {
      runThread(data.start)
      self.postMessage(null)
    } else if (data.type === 'load')
      ModelCalls.load(own, data, send).then(
        (loaded) => {
          calls = loaded
        },
        (error) => send({ type: 'notLoaded', error: toPlain(error) }),
      )
    else if (data.type === 'cancel') present(calls).cancel(data.call)
    else void present(calls).begin(data.call, data.contents).then(go)
  }
}

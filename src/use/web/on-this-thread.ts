import { messageOf } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import { toPlain } from '../../workers/threads/messages.ts'
import type { FromWorker, ToWorker } from './loading/messages.ts'
import { ModelCalls, type PageWork } from './model-calls.ts'
import type { PageWorker } from './start-worker.ts'

/**
 * Runs a model on the calling thread, in place of a worker. Each call takes its own turns until it is answered, each of which does a step
 * of all calls: an isolate ends what a request has begun when that request has its response, and other requests go on.
 */
export class OnThisThread implements PageWorker {
  onmessage: PageWorker['onmessage'] = null
  onerror: PageWorker['onerror'] = null
  readonly #work: PageWork
  #calls: ModelCalls | null = null
  /** The calls that have no answer yet. */
  readonly #open = new Set<number>()

  constructor(work: PageWork) {
    this.#work = work
  }

  postMessage(message: ToWorker): void {
    if (message.type === 'load') this.#load(message)
    else if (message.type === 'cancel') {
      this.#open.delete(message.call)
      this.#calls?.cancel(message.call)
    } else void this.#answer(message)
  }

  /** The memory of the model is free when nothing refers to its translator any more. */
  terminate(): void {
    this.onmessage = null
    this.#open.clear()
    this.#calls = null
  }

  #load(message: ToWorker & { type: 'load' }): void {
    ModelCalls.load(this.#work, message, (answer) => this.#tell(answer)).then(
      (calls) => {
        this.#calls = calls
      },
      (error) => this.#tell({ type: 'notLoaded', error: toPlain(error) }),
    )
  }

  async #answer({ call, contents }: ToWorker & { type: 'call' }): Promise<void> {
    this.#open.add(call)
    try {
      await present(this.#calls).begin(call, contents)
      while (this.#open.has(call)) {
        await turn()
        if (this.#open.has(call)) present(this.#calls).step()
      }
    } catch (error) {
      this.onerror?.({ message: messageOf(error), preventDefault: () => {} })
    }
  }

  #tell(message: FromWorker): void {
    if (message.type === 'done' || message.type === 'failed') this.#open.delete(message.call)
    this.onmessage?.({ data: message })
  }
}

/** Resolves after the events that wait on this thread. Timers would wait for milliseconds. */
const turn = () =>
  new Promise<void>((done) => {
    const { port1, port2 } = new MessageChannel()
    port1.addEventListener('message', () => {
      port1.close()
      done()
    })
    port1.start()
    port2.postMessage(null)
  })

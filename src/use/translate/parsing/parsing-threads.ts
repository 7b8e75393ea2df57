import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { GlassformerError, messageOf } from '../../../base/errors.ts'
import { threadFile } from '../../../base/package/package-folder.ts'
import { present } from '../../../base/present.ts'
import { whole } from '../../../base/values/number-text.ts'
import { FairQueue, type Turn } from '../../../engine/decode/turns/index.ts'
import { onAbort } from '../../../workers/requests/on-abort.ts'
import type { Scheduling } from '../../../workers/requests/scheduling.ts'
import { aborted, newNumber } from '../../../workers/requests/submit.ts'
import { fromPlain } from '../../../workers/threads/messages.ts'
import type { Answer, Question } from './messages.ts'

/** Heap limit of a parsing thread in MiB. */
const HEAP = 512

/**
 * Starts a thread that parses documents.
 * @throws GlassformerError ERR_WORKER if Node.js may not start threads
 */
function startThread(): Worker {
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

/**
 * Asks a thread.
 * @throws GlassformerError as the thread's answer says
 */
export type Ask = <A extends Answer>(question: Question) => Promise<A>

/** Work on one document, done by one thread. */
export interface ParsingWork<R> {
  /** The number of the document. */
  id: number
  /** Its characters, which determine its time limit. */
  length: number
  /** The name of the work, for messages. */
  what: string
  run(ask: Ask): Promise<R>
}

interface Job extends Pick<ParsingWork<unknown>, 'id' | 'length'> {
  turn: Turn
  begin(thread: Thread): void
}

/** Time limit of work on a document in milliseconds: a base, and an amount for each character. */
const timeFor = (length: number): number => 5000 + length / 50

/** Milliseconds after which an idle thread ends. */
const IDLE = 30_000

/**
 * The threads that parse documents for this process. The event loop stays free, and a document that takes too much time
 * or memory ends only the thread that parses it. Clients take turns.
 */
class ParsingThreads {
  readonly #waiting = new FairQueue<Job>(({ length }) => length)
  readonly #threads = new Set<Thread>()

  /**
   * Runs work in a thread.
   * @throws GlassformerError ERR_INPUT_TOO_LONG if it takes too much time or memory, ERR_ABORTED, ERR_WORKER, and the
   * errors of the work
   */
  do<R>({ id, length, what, run }: ParsingWork<R>, scheduling: Partial<Scheduling>): Promise<R> {
    const { signal, client, priority } = scheduling
    if (signal?.aborted) return Promise.reject(aborted(signal))
    return new Promise((resolve, reject) => {
      let running: Thread | null = null
      let timer: NodeJS.Timeout | undefined
      const leave = signal && onAbort(signal, () => end(() => reject(aborted(signal)), true))
      const job: Job = {
        id,
        length,
        turn: { request: newNumber(), client, priority },
        begin: (thread) => {
          running = thread
          thread.fail = (error) => end(() => reject(error), true)
          const most = timeFor(length)
          timer = setTimeout(() => end(() => reject(tooLong(what, `${whole(most / 1000)} s`)), true), most)
          run((question) => thread.ask(question)).then(
            (result) => end(() => resolve(result), false),
            (error: unknown) => end(() => reject(error), false),
          )
        },
      }
      let isDone = false
      const end = (settle: () => void, isToEnd: boolean) => {
        if (isDone) return
        isDone = true
        leave?.()
        clearTimeout(timer)
        settle()
        if (!running) this.#waiting.drop((each) => each === job, job.turn)
        else if (isToEnd) this.#end(running)
        else running.finish(() => this.#end(present(running)))
        this.#handOut()
      }
      this.#waiting.push(job)
      this.#handOut()
    })
  }

  #handOut(): void {
    while (this.#waiting.length) {
      const { id } = present(this.#waiting.first)
      const idle = [...this.#threads].filter((thread) => !thread.isBusy)
      // A thread that has parsed a document writes it without parsing it again.
      const thread = idle.find((each) => each.last === id) ?? idle[0] ?? this.#started()
      if (!thread) return
      const job = this.#waiting.take()
      thread.start(job.id)
      job.begin(thread)
    }
  }

  #started(): Thread | null {
    if (this.#threads.size >= Math.min(2, availableParallelism())) return null
    const thread = new Thread(startThread())
    this.#threads.add(thread)
    return thread
  }

  #end(thread: Thread): void {
    this.#threads.delete(thread)
    thread.end()
  }
}

const tooLong = (what: string, limit: string) =>
  new GlassformerError('ERR_INPUT_TOO_LONG', `${what} takes more than ${limit}: give it in smaller parts`)

/** A parsing thread, and the caller that waits for its answer. */
class Thread {
  readonly #worker: Worker
  #answer: ((answer: Answer) => void) | null = null
  #idle: NodeJS.Timeout | undefined
  isBusy = false
  /** The number of the document that it parsed last. */
  last = -1
  /** Called when the thread dies. */
  fail: (error: GlassformerError) => void = () => {}

  constructor(worker: Worker) {
    this.#worker = worker
    worker.on('message', (answer: Answer) => this.#answer?.(answer))
    worker.on('error', (error) => this.fail(deathOf(error)))
    worker.on('exit', (code) => this.fail(new GlassformerError('ERR_WORKER', `a thread for documents ended: ${code}`)))
  }

  ask<A extends Answer>(question: Question): Promise<A> {
    return new Promise((resolve, reject) => {
      this.#answer = (answer) => ('error' in answer ? reject(fromPlain(answer.error)) : resolve(answer as A))
      this.#worker.postMessage(question)
    })
  }

  start(document: number): void {
    clearTimeout(this.#idle)
    this.isBusy = true
    this.last = document
    this.#worker.ref()
  }

  /** Marks the thread as idle; `tired` is called once it has been idle for a while. */
  finish(tired: () => void): void {
    this.isBusy = false
    this.fail = tired
    this.#worker.unref()
    this.#idle = setTimeout(tired, IDLE).unref()
  }

  end(): void {
    clearTimeout(this.#idle)
    this.fail = () => {}
    void this.#worker.terminate()
  }
}

const deathOf = (error: unknown): GlassformerError =>
  (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? tooLong('the document', 'the memory that there is for one')
    : new GlassformerError('ERR_WORKER', `a thread for documents died: ${messageOf(error)}`, { cause: error })

export const parsingThreads = new ParsingThreads()

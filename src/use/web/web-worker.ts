/** The worker of a page: loads a model and runs its translator's calls, one step after the other. */
import { runThread } from '../../engine/backend/wasm/run-thread.ts'
import { loadTokenizer } from '../../files/folders/load-tokenizer.ts'
import type { Trace } from '../../look/trace/trace.ts'
import { Engine, longestFirst, TraceJobs, toPlain } from '../translate/for-web-worker.ts'
import { modelInfo } from '../translate/model-info.ts'
import type { Translation } from '../translate/translation.ts'
import { playerMaker } from './create-player.ts'
import type { ResolvedWebOptions } from './load-options.ts'
import type { CallContents, FromWorker, ModelPlace, ToWorker } from './messages.ts'
import { readModel } from './read-model.ts'
import type { ThreadMessage } from './start-thread.ts'

declare const self: {
  /** A thread sends null when it has ended. */
  postMessage(message: FromWorker | null, transfer?: ArrayBuffer[]): void
  onmessage: ((event: { data: ToWorker | ThreadMessage }) => void) | null
}

const send = (message: FromWorker) => self.postMessage(message)

/** Runs the calls of a page's translator, one step after the other. */
class ModelCalls {
  readonly #engine: Engine
  readonly #traces: TraceJobs
  readonly #turns = new MessageChannel()
  #running = false

  constructor(engine: Engine, traces: TraceJobs) {
    this.#engine = engine
    this.#traces = traces
    const { port1 } = this.#turns
    port1.addEventListener('message', () => this.#run())
    port1.start()
  }

  call(call: number, contents: CallContents): void {
    if (contents.kind === 'translate') this.#translate(call, contents)
    else if (contents.kind === 'score') this.#score(call, contents)
    else this.#trace(call, contents)
    this.#go()
  }

  cancel(call: number): void {
    this.#engine.cancel(call)
    this.#traces.cancel(call)
  }

  #translate(call: number, { sources, options, stream }: CallContents & { kind: 'translate' }): void {
    const results: Translation[] = new Array(sources.length)
    let missing = sources.length
    const piece = stream ? (text: string) => send({ type: 'piece', call, text }) : undefined
    for (const index of longestFirst(sources)) {
      const done = (translation: Translation) => {
        results[index] = translation
        if (--missing === 0) send({ type: 'done', call, results })
      }
      const fail = (error: unknown) => send({ type: 'failed', call, index, error: toPlain(error) })
      try {
        this.#engine.add({ request: call, source: sources[index], options, done, fail, piece })
      } catch (error) {
        this.#engine.cancel(call)
        return fail(error)
      }
    }
  }

  #score(call: number, { pairs }: CallContents & { kind: 'score' }): void {
    let at: { index?: number; side?: 'source' | 'target' } = {}
    try {
      const ids = pairs.map((pair, index) => {
        const idsOf = (side: 'source' | 'target') => {
          at = { index, side }
          return this.#engine.idsOf(pair[side], side)
        }
        return { source: idsOf('source'), target: idsOf('target') }
      })
      at = {} // from here on an error is about all of them
      send({ type: 'done', call, results: this.#engine.score(ids) })
    } catch (error) {
      send({ type: 'failed', call, ...at, error: toPlain(error) })
    }
  }

  #trace(call: number, { source, options }: CallContents & { kind: 'trace' }): void {
    const done = (trace: Trace) => {
      const arrays = Object.values(trace.tensors).map(({ values }) => values.buffer as ArrayBuffer)
      self.postMessage({ type: 'done', call, results: [trace] }, [...new Set(arrays)])
    }
    const fail = (error: unknown) => send({ type: 'failed', call, index: 0, error: toPlain(error) })
    void this.#traces.add({ request: call, source, options, done, fail }).then(() => this.#go())
  }

  #go(): void {
    if (this.#running) return
    this.#running = true
    this.#turns.port2.postMessage(null)
  }

  /** Takes a step. The next step is a message to itself, after messages that have arrived meanwhile. */
  #run(): void {
    this.#running = false
    if (this.#engine.busy) this.#engine.step()
    this.#traces.step()
    if (this.#engine.busy || this.#traces.busy) this.#go()
  }
}

async function load(place: ModelPlace, options: ResolvedWebOptions): Promise<ModelCalls> {
  const newPlayer = await playerMaker(options)
  const player = newPlayer()
  const { model, cache } = await readModel(place, options, player, (progress) => send({ type: 'progress', progress }))
  const tokenizer = await loadTokenizer(model.tokenizer)
  const engine = new Engine(model, tokenizer, player, { batchTokens: options.batchTokens })
  send({ type: 'loaded', info: engine.info, model: modelInfo(model), cache })
  return new ModelCalls(engine, new TraceJobs(model, tokenizer, newPlayer))
}

let work: ModelCalls | undefined

self.onmessage = ({ data }) => {
  if (data.type === 'thread') {
    runThread(data.start)
    self.postMessage(null)
  } else if (data.type === 'load')
    load(data.model, data.options).then(
      (loaded) => {
        work = loaded
      },
      (error) => send({ type: 'notLoaded', error: toPlain(error) }),
    )
  else if (data.type === 'cancel') work!.cancel(data.call)
  else work!.call(data.call, data.contents)
}

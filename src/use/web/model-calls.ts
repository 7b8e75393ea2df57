import { loadTokenizer } from '../../files/folders/tokenizers/load-tokenizer.ts'
import type { Trace } from '../../trace/data/trace.ts'
import { Engine, longestFirst, TraceJobs, toPlain } from '../translate/for-web-worker.ts'
import { modelInfo } from '../translate/model-info.ts'
import type { Translation } from '../translate/translation.ts'
import { playerMaker } from './create-player.ts'
import type { ResolvedWebOptions } from './loading/load-options.ts'
import type { CallContents, FromWorker, ModelPlace } from './loading/messages.ts'
import { readModel } from './loading/read-model.ts'

/** Passes a message on to the translator; `transfer` are arrays that are no longer needed here. */
export type Send = (message: FromWorker, transfer?: ArrayBuffer[]) => void

/** Runs the calls of a translator: `step` does a part of them. */
export class ModelCalls {
  readonly #engine: Engine
  readonly #traces: TraceJobs
  readonly #send: Send

  constructor(engine: Engine, traces: TraceJobs, send: Send) {
    this.#engine = engine
    this.#traces = traces
    this.#send = send
  }

  /**
   * Loads a model from its place, and sends 'loaded'.
   * @throws GlassformerError as `Translator.load`
   */
  static async load(place: ModelPlace, options: ResolvedWebOptions, send: Send): Promise<ModelCalls> {
    const newPlayer = await playerMaker(options)
    const player = newPlayer()
    const { model, cache } = await readModel(place, options, player, (progress) => send({ type: 'progress', progress }))
    const tokenizer = await loadTokenizer(model.tokenizer)
    const engine = new Engine(model, tokenizer, player, { batchTokens: options.batchTokens })
    send({ type: 'loaded', info: engine.info, model: modelInfo(model), cache })
    return new ModelCalls(engine, new TraceJobs(model, tokenizer, newPlayer), send)
  }

  /** Whether a call waits for a step. */
  get busy(): boolean {
    return this.#engine.busy || this.#traces.busy
  }

  step(): void {
    if (this.#engine.busy) this.#engine.step()
    this.#traces.step()
  }

  /** Begins a call. Resolves when its steps can be taken. */
  async begin(call: number, contents: CallContents): Promise<void> {
    if (contents.kind === 'translate') this.#translate(call, contents)
    else if (contents.kind === 'score') this.#score(call, contents)
    else await this.#trace(call, contents)
  }

  cancel(call: number): void {
    this.#engine.cancel(call)
    this.#traces.cancel(call)
  }

  #translate(call: number, { sources, options, stream }: CallContents & { kind: 'translate' }): void {
    const results: Translation[] = new Array(sources.length)
    let missing = sources.length
    const piece = stream ? (text: string) => this.#send({ type: 'piece', call, text }) : undefined
    for (const index of longestFirst(sources)) {
      const done = (translation: Translation) => {
        results[index] = translation
        if (--missing === 0) this.#send({ type: 'done', call, results })
      }
      const fail = (error: unknown) => this.#send({ type: 'failed', call, index, error: toPlain(error) })
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
      this.#send({ type: 'done', call, results: this.#engine.score(ids) })
    } catch (error) {
      this.#send({ type: 'failed', call, ...at, error: toPlain(error) })
    }
  }

  #trace(call: number, { source, options }: CallContents & { kind: 'trace' }): Promise<void> {
    const done = (trace: Trace) => {
      const arrays = Object.values(trace.tensors).map(({ values }) => values.buffer as ArrayBuffer)
      this.#send({ type: 'done', call, results: [trace] }, [...new Set(arrays)])
    }
    const fail = (error: unknown) => this.#send({ type: 'failed', call, index: 0, error: toPlain(error) })
    return this.#traces.add({ request: call, source, options, done, fail })
  }
}

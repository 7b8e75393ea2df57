import { fileURLToPath } from 'node:url'
import type { BackendInfo } from '../backend/backend.ts'
import { createPlayer } from '../backend/create-player.ts'
import type { GenerationOptions } from '../decode/options.ts'
import { GlassformerError } from '../errors.ts'
import { createTokenizer } from '../folders/tokenizer-files.ts'
import type { ModelConfig } from '../weights/config.ts'
import { Engine } from './engine.ts'
import type { SharedModel } from './messages.ts'
import {
  type JobOptions,
  type LoadOptions,
  resolveLoadOptions,
  resolveTranslateOptions,
  type TranslateOptions,
} from './options.ts'
import { Pool, type Request, type Unit } from './pool.ts'
import { fromShared } from './shared-model.ts'
import { checkSources, isSource, notASource } from './sources.ts'
import type { Piece, Score, Source, Translation } from './translation.ts'
import { chunks, longestFirst, sizeOf } from './units.ts'

/** The embedded French → English model. */
export const EMBEDDED = fileURLToPath(new URL('../../models/fr-en', import.meta.url))

/** What a translator has loaded. */
export interface ModelInfo {
  path: string
  name: string
  config: ModelConfig
  /** What is done unless the caller says otherwise. */
  defaults: GenerationOptions
  /** Texts of more tokens than this are split into sentences. */
  splitTokens: number
  storedAs: string
  /** Bytes of the stored weights. */
  bytes: number
}

/**
 * Translates with one model. Work happens in worker threads over one copy of the weights: the event loop is free meanwhile.
 * Idle workers do not keep the process alive; `close` (or `await using`) stops them.
 */
export class Translator {
  readonly model: ModelInfo
  readonly #pool: Pool
  readonly #info: BackendInfo
  readonly #shared: SharedModel
  readonly #options: Required<LoadOptions>
  #engine: Engine | null = null
  #closed = false

  private constructor(pool: Pool, info: BackendInfo, shared: SharedModel, options: Required<LoadOptions>) {
    const { path, name, config, generation, splitTokens, storedAs, bytes } = shared
    this.model = { path, name, config, defaults: generation, splitTokens, storedAs, bytes }
    this.#pool = pool
    this.#info = info
    this.#shared = shared
    this.#options = options
  }

  /**
   * Loads a model folder (Hugging Face's Marian layout, or our own); without one the embedded French → English model.
   * @throws GlassformerError ERR_FILE, ERR_MODEL_FORMAT, ERR_TOKENIZER_FORMAT, ERR_UNSUPPORTED, ERR_BACKEND, ERR_OPTION
   */
  static async load(folder: string = EMBEDDED, options: LoadOptions = {}): Promise<Translator> {
    if (typeof folder !== 'string')
      throw new GlassformerError('ERR_OPTION', `the model folder must be a path, not ${JSON.stringify(folder)}`)
    const resolved = resolveLoadOptions(options)
    const { pool, info, model } = await Pool.load(folder, resolved)
    if (info.reasons.length) warnOnce(info.reasons)
    return new Translator(pool, info, model, resolved)
  }

  /** Which binary, BLAS, instruction set, threads and precision are in use, and why not native. */
  backendInfo(): BackendInfo {
    return this.#info
  }

  /**
   * Translates a text, or many; results keep the order.
   * @throws GlassformerError ERR_OPTION, ERR_INPUT, ERR_INPUT_TOO_LONG, ERR_ABORTED, ERR_CLOSED, ERR_WORKER
   */
  translate(source: Source, options?: TranslateOptions): Promise<Translation>
  translate(sources: readonly Source[], options?: TranslateOptions): Promise<Translation[]>
  async translate(
    given: Source | readonly Source[],
    options: TranslateOptions = {},
  ): Promise<Translation | Translation[]> {
    const job = resolveTranslateOptions(options, this.model.defaults)
    if (isSource(given)) return (await this.#translateAll([given], job, options.signal))[0]
    checkSources(given)
    return this.#translateAll(given, job, options.signal)
  }

  /**
   * A translation as it becomes certain: the pieces joined are the text that `translate` would give. With several beams a piece
   * comes when all hypotheses agree on it. Leaving the loop early stops the work.
   */
  async *stream(source: Source, options: TranslateOptions = {}): AsyncGenerator<Piece, void, undefined> {
    const job = resolveTranslateOptions(options, this.model.defaults)
    if (!isSource(source)) throw notASource(source)
    const pieces: Piece[] = []
    let sent = ''
    let wake = () => {}
    let ended = false
    let failure: unknown = null
    const controller = new AbortController()
    const signal = options.signal ? AbortSignal.any([options.signal, controller.signal]) : controller.signal
    const piece = (text: string) => {
      sent += text
      pieces.push({ text })
      wake()
    }
    const whole = this.#translateAll([source], job, signal, piece).then(
      ([{ text }]) => text.length > sent.length && piece(text.slice(sent.length)),
      (error) => {
        failure = error
      },
    )
    void whole.then(() => {
      ended = true
      wake()
    })
    try {
      for (;;) {
        while (pieces.length) yield pieces.shift()!
        if (ended) break
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
      if (failure) throw failure
    } finally {
      controller.abort()
    }
  }

  /** The log-probability of given translations, token by token. */
  async score(
    pairs: readonly { source: Source; target: Source }[],
    options: { signal?: AbortSignal } = {},
  ): Promise<Score[]> {
    if (!Array.isArray(pairs)) throw new GlassformerError('ERR_INPUT', 'score takes a list of { source, target }')
    for (const pair of pairs)
      for (const side of [pair?.source, pair?.target]) if (!isSource(side)) throw notASource(side)
    const scores: Score[] = new Array(pairs.length)
    const units = chunks(
      pairs.map((_, i) => i),
      (i) => sizeOf(pairs[i].source) + sizeOf(pairs[i].target),
    ).map(({ items, size }) => ({
      size,
      work: { kind: 'score' as const, pairs: items.map((i) => pairs[i]) },
      items,
    }))
    await this.#run(units, options.signal, (unit, done) => {
      unit.scored = (list) => {
        list.forEach((score, k) => {
          scores[(unit as Unit & { items: number[] }).items[k]] = score
        })
        done()
      }
    })
    return scores
  }

  /** Translates on the calling thread, which it blocks: for callers who are in a worker already. */
  translateSync(source: Source, options?: TranslateOptions): Translation
  translateSync(sources: readonly Source[], options?: TranslateOptions): Translation[]
  translateSync(given: Source | readonly Source[], options: TranslateOptions = {}): Translation | Translation[] {
    const job = resolveTranslateOptions(options, this.model.defaults)
    if (this.#closed) throw new GlassformerError('ERR_CLOSED', 'the translator has been closed: load another one')
    const sources = isSource(given) ? [given] : given
    checkSources(sources)
    const engine = this.#syncEngine()
    const translations: Translation[] = new Array(sources.length)
    const group = {}
    try {
      sources.forEach((source, i) => {
        engine.add({
          group,
          source,
          options: job,
          done: (translation) => {
            translations[i] = translation
          },
        })
      })
      while (engine.busy) {
        if (options.signal?.aborted) throw aborted(options.signal)
        engine.step()
      }
    } catch (error) {
      engine.cancel(group)
      throw error
    }
    return isSource(given) ? translations[0] : translations
  }

  /** Stops the workers and frees everything; requests still open fail with ERR_CLOSED. Calling it again does nothing. */
  async close(): Promise<void> {
    this.#closed = true
    this.#engine?.close()
    this.#engine = null
    await this.#pool.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  async #translateAll(
    sources: readonly Source[],
    options: JobOptions,
    signal?: AbortSignal,
    piece?: (text: string) => void,
  ): Promise<Translation[]> {
    const translations: Translation[] = new Array(sources.length)
    const units = chunks(longestFirst(sources), (i) => sizeOf(sources[i])).map(({ items, size }) => ({
      size,
      work: { kind: 'translate' as const, sources: items.map((i) => sources[i]), options, stream: piece !== undefined },
      piece,
      items,
    }))
    await this.#run(units, signal, (unit, done) => {
      unit.translated = (list) => {
        list.forEach((translation, k) => {
          translations[(unit as Unit & { items: number[] }).items[k]] = translation
        })
        done()
      }
    })
    return translations
  }

  /** Gives units to the pool; resolves when each has called `done`. */
  #run(
    units: (Unit & { items: number[] })[],
    signal: AbortSignal | undefined,
    listen: (unit: Unit, done: () => void) => void,
  ): Promise<void> {
    if (this.#closed) throw new GlassformerError('ERR_CLOSED', 'the translator has been closed: load another one')
    if (signal?.aborted) throw aborted(signal)
    if (!units.length) return Promise.resolve()
    return new Promise((resolve, reject) => {
      let missing = units.length
      const abort = () => {
        this.#pool.cancel(request)
        reject(aborted(signal!))
      }
      const request: Request = {
        units: [...units],
        fail: (error, unit, index) => {
          signal?.removeEventListener('abort', abort)
          const at =
            index === undefined || missing + units.length === 2
              ? undefined
              : (unit as Unit & { items: number[] }).items[index]
          reject(
            at === undefined
              ? error
              : new GlassformerError(error.code, `source ${at}: ${error.message}`, { cause: error }),
          )
        },
      }
      for (const unit of units)
        listen(unit, () => {
          if (--missing > 0) return
          signal?.removeEventListener('abort', abort)
          resolve()
        })
      signal?.addEventListener('abort', abort, { once: true })
      this.#pool.add(request)
    })
  }

  #syncEngine(): Engine {
    this.#engine ??= new Engine(
      fromShared(this.#shared),
      createTokenizer(this.#shared.tokenizer),
      createPlayer(this.#options),
      this.#options.batchTokens,
    )
    return this.#engine
  }
}

const aborted = (signal: AbortSignal) =>
  new GlassformerError('ERR_ABORTED', 'the translation was aborted', { cause: signal.reason })

let warned = false
function warnOnce(reasons: readonly string[]): void {
  if (warned) return
  warned = true
  const why = `Glassformer runs in plain JavaScript, which is several times slower: ${reasons.join('; ')}`
  const remedy = `To build the native backend: npx glassformer build`
  process.emitWarning(`${why}. ${remedy}`, { code: 'GLASSFORMER_JAVASCRIPT' })
}

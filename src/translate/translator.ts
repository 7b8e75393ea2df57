import type { BackendInfo, NumberFormat } from '../backend/backend.ts'
import type { GenerationOptions } from '../decode/options.ts'
import { GlassformerError } from '../errors.ts'
import type { TrainedOn } from '../folders/loaded-model.ts'
import { modelFolder } from '../folders/model-folder.ts'
import type { StoredDtype } from '../folders/stored-dtype.ts'
import { createTokenizer } from '../folders/tokenizer-files.ts'
import { checkSupported, type UnsupportedSetting } from '../folders/unsupported-setting.ts'
import type { ModelConfig } from '../model/config.ts'
import { toBuildNative } from '../program/chosen-backend.ts'
import { createPlayer } from '../program/create-player.ts'
import type { Tokenizer } from '../text/tokenizer.ts'
import { formatOf } from '../weights/precision.ts'
import { chunksOf, longestFirst, sizeOf } from './chunks.ts'
import { Engine } from './engine.ts'
import type { SharedModel } from './messages.ts'
import { onAbort } from './on-abort.ts'
import {
  checkScoreOptions,
  checkShortlist,
  type LoadOptions,
  type ResolvedTranslateOptions,
  resolveLoadOptions,
  resolveTranslateOptions,
  type TranslateOptions,
} from './options.ts'
import { PieceQueue } from './piece-queue.ts'
import { closedError, Pool } from './pool.ts'
import { aborted, request } from './request.ts'
import { fromShared } from './shared-model.ts'
import { isSource, ownPairs, ownSource, ownSources } from './sources.ts'
import { TextTokenizer } from './text-tokenizer.ts'
import { mostThreads, threadsOf } from './threads.ts'
import { translateSync } from './translate-sync.ts'
import type { Piece, Score, Source, Translation } from './translation.ts'

/** What a translator has loaded. */
export interface ModelInfo {
  /** Its folder. */
  path: string
  /** The folder's name. */
  name: string
  /** Its shape, as docs/model-format.md has it. */
  config: ModelConfig
  /** The options of a search that hold unless the caller sets others. */
  defaults: GenerationOptions
  /** Settings of the folder that this version cannot follow. A translation that one of them would change throws ERR_UNSUPPORTED. */
  unsupported: readonly UnsupportedSetting[]
  /** Texts of more tokens than this are split into sentences. */
  splitTokens: number
  /** What the model was trained on. With 'sentences' all texts are split into sentences, unless the caller says otherwise. */
  trainedOn: TrainedOn
  /** The dtype of most of the weights in the folder: 'float32', 'float16', 'bfloat16' or 'int8'. */
  storedAs: StoredDtype
  /** Bytes of the stored weights. */
  bytes: number
  /** The format in which the matrices are held. */
  precision: NumberFormat
  /** Whether the model has a tokenizer and takes texts; else it takes ids. */
  hasTokenizer: boolean
  /** Whether the model has a table for the option `shortlist`. */
  hasShortlist: boolean
}

/**
 * Translates with one model. Work happens in worker threads over one copy of the weights: the event loop is free meanwhile.
 * Idle workers do not keep the process alive; `close` (or `await using`) stops them.
 */
export class Translator {
  readonly model: ModelInfo
  /**
   * Turns text into ids and back, on the calling thread. Where the model takes ids only (`model.hasTokenizer` is false), its methods throw.
   */
  readonly tokenizer: TextTokenizer
  readonly #pool: Pool
  readonly #info: BackendInfo
  /** Null once the translator is closed, so that a caller who still holds the translator does not hold the weights. */
  #shared: SharedModel | null
  readonly #options: Required<LoadOptions>
  #engine: Engine | null = null
  /** Null until it is needed first. */
  #tokenizer: Tokenizer | null = null

  private constructor(pool: Pool, info: BackendInfo, shared: SharedModel, options: Required<LoadOptions>) {
    if (!(pool instanceof Pool))
      throw new GlassformerError(
        'ERR_OPTION',
        'a translator is made by await Translator.load(folder, options), not by new',
      )
    const { path, name, config, generation, unsupported, splitTokens, trainedOn, storedAs, bytes } = shared
    this.model = {
      path,
      name,
      config,
      defaults: generation,
      unsupported,
      splitTokens,
      trainedOn,
      storedAs,
      bytes,
      precision: formatOf(shared.weights.encoding),
      hasTokenizer: shared.tokenizer.kind !== 'none',
      hasShortlist: shared.shortlist !== null,
    }
    this.tokenizer = new TextTokenizer(() => this.#needTokenizer())
    this.#pool = pool
    this.#info = info
    this.#shared = shared
    this.#options = options
  }

  /**
   * Loads a model folder (Hugging Face's Marian layout, or our own) by its path or `file:` URL. Without a path, and by the name 'fr-en'
   * where the working directory has no such folder, it loads the embedded French → English model.
   * @throws GlassformerError ERR_FILE, ERR_MODEL_FORMAT, ERR_TOKENIZER_FORMAT, ERR_UNSUPPORTED, ERR_BACKEND, ERR_OPTION, ERR_MEMORY,
   * ERR_WORKER
   */
  static async load(model?: string | URL, options: LoadOptions = {}): Promise<Translator> {
    const folder = modelFolder(model)
    const resolved = resolveLoadOptions(options)
    const { pool, info, model: shared } = await Pool.load(folder, resolved)
    if (info.reasons.length) warnOnce(info.reasons)
    return new Translator(pool, info, shared, resolved)
  }

  /** Which binary, BLAS, instruction set, threads and precision are in use, and why native is not, where it is not. */
  backendInfo(): BackendInfo {
    return this.#info
  }

  /**
   * Translates a text, or many; results keep the order. A text that is empty or white space has the empty translation.
   * @throws GlassformerError ERR_OPTION, ERR_INPUT, ERR_INPUT_TOO_LONG, ERR_ABORTED, ERR_CLOSED, ERR_MEMORY, ERR_WORKER
   */
  translate(source: Source, options?: TranslateOptions): Promise<Translation>
  translate(sources: readonly Source[], options?: TranslateOptions): Promise<Translation[]>
  translate(either: Source | readonly Source[], options?: TranslateOptions): Promise<Translation | Translation[]>
  async translate(
    given: Source | readonly Source[],
    options: TranslateOptions = {},
  ): Promise<Translation | Translation[]> {
    const resolved = this.#resolve(options)
    if (isSource(given)) return (await this.#translateAll([ownSource(given)], resolved, options))[0]
    return this.#translateAll(ownSources(given), resolved, options)
  }

  /**
   * A translation as it becomes certain: the pieces joined are the text that `translate` would give. With several beams a piece comes when
   * all hypotheses agree on it. Leaving the loop early stops the work. While the loop waits for a piece, a `signal` can stop the work.
   * @throws GlassformerError as `translate`, when the loop begins or later
   */
  async *stream(source: Source, options: TranslateOptions = {}): AsyncGenerator<Piece, void, undefined> {
    const resolved = this.#resolve(options)
    const sources = [ownSource(source)]
    const pieces = new PieceQueue()
    const left = new AbortController()
    const { signal } = options
    if (signal?.aborted) left.abort(signal.reason)
    const leave = signal && onAbort(signal, () => left.abort(signal.reason))
    this.#translateAll(sources, resolved, { signal: left.signal, piece: (text) => pieces.push(text) }).then(
      () => pieces.end(),
      (error) => pieces.fail(error),
    )
    try {
      yield* pieces
    } finally {
      leave?.()
      left.abort()
    }
  }

  /**
   * The log-probability of given translations, token by token.
   * @throws GlassformerError ERR_INPUT, ERR_INPUT_TOO_LONG, ERR_OPTION, ERR_ABORTED, ERR_CLOSED, ERR_MEMORY, ERR_WORKER
   */
  async score(
    pairs: readonly { source: Source; target: Source }[],
    options: { signal?: AbortSignal } = {},
  ): Promise<Score[]> {
    checkScoreOptions(options)
    const own = ownPairs(pairs)
    const size = (i: number) => sizeOf(own[i].source) + sizeOf(own[i].target)
    const chunks = chunksOf([...own.keys()], size, (indices) => ({ kind: 'score', pairs: indices.map((i) => own[i]) }))
    this.#open()
    return request<Score>(this.#pool, chunks, options)
  }

  /**
   * Translates on the calling thread and blocks it; this is for callers who are in a worker already. A `signal` counts only if it has fired
   * before the call.
   * @throws GlassformerError as `translate`
   */
  translateSync(source: Source, options?: TranslateOptions): Translation
  translateSync(sources: readonly Source[], options?: TranslateOptions): Translation[]
  translateSync(either: Source | readonly Source[], options?: TranslateOptions): Translation | Translation[]
  translateSync(given: Source | readonly Source[], options: TranslateOptions = {}): Translation | Translation[] {
    const resolved = this.#resolve(options)
    const sources = isSource(given) ? [ownSource(given)] : ownSources(given)
    const shared = this.#open()
    if (options.signal?.aborted) throw aborted(options.signal)
    const translations = translateSync(this.#syncEngine(shared), sources, resolved)
    return isSource(given) ? translations[0] : translations
  }

  /** Stops the workers and frees everything; requests still open fail with ERR_CLOSED. Calling it again does nothing. */
  async close(): Promise<void> {
    this.#shared = null
    this.#engine?.close()
    this.#engine = null
    this.#tokenizer = null
    await this.#pool.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #resolve(options: TranslateOptions): ResolvedTranslateOptions {
    const resolved = resolveTranslateOptions(options, this.model.defaults, this.model.config)
    const { path, hasShortlist, unsupported } = this.model
    checkShortlist(resolved.generation, path, hasShortlist)
    checkSupported(unsupported, options, resolved.generation, path)
    return resolved
  }

  /** The model's tokenizer, for use on the calling thread. @throws GlassformerError ERR_CLOSED; ERR_INPUT where it has none */
  #needTokenizer(): Tokenizer {
    const { tokenizer: files, path } = this.#open()
    this.#tokenizer ??= createTokenizer(files)
    if (this.#tokenizer) return this.#tokenizer
    throw new GlassformerError('ERR_INPUT', `${path} has no tokenizer: give lists of ids instead of texts`)
  }

  /** The model. @throws GlassformerError ERR_CLOSED */
  #open(): SharedModel {
    if (!this.#shared) throw closedError()
    return this.#shared
  }

  async #translateAll(
    sources: readonly Source[],
    options: ResolvedTranslateOptions,
    { signal, piece }: { signal?: AbortSignal; piece?: (text: string) => void },
  ): Promise<Translation[]> {
    this.#open()
    const chunks = chunksOf(
      longestFirst(sources),
      (i) => sizeOf(sources[i]),
      (indices) => ({
        kind: 'translate',
        sources: indices.map((i) => sources[i]),
        options,
        stream: piece !== undefined,
      }),
    )
    return request<Translation>(this.#pool, chunks, { signal, piece })
  }

  #syncEngine(shared: SharedModel): Engine {
    if (this.#engine?.broken) {
      this.#engine.close()
      this.#engine = null
    }
    const { backend, threads, batchTokens } = this.#options
    this.#engine ??= new Engine(
      fromShared(shared),
      shared.tokenizer.kind === 'none' ? null : this.#needTokenizer(),
      createPlayer({ backend, threads: mostThreads(threads), share: () => threadsOf(threads, this.#pool.busy + 1) }),
      batchTokens,
    )
    return this.#engine
  }
}

let warned = false
function warnOnce(reasons: readonly string[]): void {
  if (warned) return
  warned = true
  const why = `Glassformer runs in plain JavaScript, which is tens of times slower: ${reasons.join('; ')}`
  process.emitWarning(`${why}. ${toBuildNative}`, { code: 'GLASSFORMER_JAVASCRIPT' })
}

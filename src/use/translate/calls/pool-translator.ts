import { GlassformerError } from '../../../base/errors.ts'
import { inOptions } from '../../../base/schema/place.ts'
import { read } from '../../../base/schema/settings.ts'
import type { BackendInfo } from '../../../engine/backend/interface/backend.ts'
import { isDecoderOnly } from '../../../engine/model/config/config.ts'
import type { Adapter } from '../../../engine/weights/adapter.ts'
import type { AdapterFolders } from '../../../files/folders/adapters/index.ts'
import { isTurned, saidLanguages } from '../../../files/folders/layout/language-pair.ts'
import type { TokenizerFiles } from '../../../files/folders/tokenizers/tokenizer-files.ts'
import type { MemoryMatch } from '../../../language/memory/index.ts'
import type { Trace } from '../../../trace/data/trace.ts'
import type { TraceOptions } from '../../../trace/options.ts'
import { closedError, type Pool, type PoolWorkers } from '../../../workers/pool/pool.ts'
import { Statistician, type Statistics } from '../../../workers/pool/statistics.ts'
import { ENOUGH } from '../../../workers/pool/work-queue.ts'
import { CHUNK_SIZE, chunksOf, lengthOf, longestFirst, sizeOf } from '../../../workers/requests/chunks.ts'
import { readScheduling } from '../../../workers/requests/scheduling.ts'
import { newNumber } from '../../../workers/requests/submit.ts'
import { withProgress } from '../../../workers/requests/with-progress.ts'
import { translateSources } from '../documents/translate-sources.ts'
import type { encode } from '../jobs/encode.ts'
import type { generate } from '../jobs/generate.ts'
import type { score } from '../jobs/score.ts'
import type { trace } from '../jobs/trace.ts'
import {
  type GenerateSettings,
  type GeneratingModel,
  type ResolvedGenerate,
  resolveGenerate,
  type SourceSettings,
} from '../options/generate-settings.ts'
import { type ModelInfo, modelInfo } from '../options/model-info.ts'
import {
  type DocumentCall,
  type LoadOptions,
  type ModelRunOptions,
  type ResolvedLoadOptions,
  runSettings,
  splitsAlways,
  type TranslateOptions,
} from '../options/options.ts'
import { checkForModel, checkIsText, type ResolvedCall, ResolvedCalls } from '../options/resolve-call.ts'
import { documentsInThreads } from '../parsing/documents-in-threads.ts'
import type { ReadDocument } from '../parsing/read-document.ts'
import type { TokenVocabulary } from '../sentences/token-vocabulary.ts'
import { isSource, ownIds, ownPairs, ownSource, ownSources, unmarked } from '../translation/sources.ts'
import type { Encoded, Generated, Piece, Score, Source, Translation } from '../translation/translation.ts'
import { AdapterRegistry } from './adapter-registry.ts'
import { fromMemory, fromMemoryInPieces } from './from-memory.ts'
import { modelConfidence } from './model-confidence.ts'
import { pieceStream } from './piece-stream.ts'
import { ResultCache } from './result-cache.ts'
import { type Started, startTranslating } from './start-pool.ts'
import { translateStream } from './translate-stream.ts'
import {
  areOneSource,
  type TokenSearch,
  type TokenSources,
  type TokenTranslation,
  translateTokens,
} from './translate-tokens.ts'
import { type TranslationHow, TranslationRequests } from './translation-requests.ts'

/**
 * Translates with one model, in worker threads over one copy of the weights, so that the event loop stays free. Code
 * that translates on the calling thread is in `Translator`, because it contains everything a worker has: commands,
 * which do not need it, start sooner.
 */
export class PoolTranslator {
  readonly model: ModelInfo
  readonly #pool: Pool
  readonly #info: BackendInfo
  readonly #generating: GeneratingModel
  readonly #options: ResolvedLoadOptions
  readonly #translations: TranslationRequests
  readonly #statistician: Statistician
  protected readonly resolvedCalls: ResolvedCalls
  readonly #tokenizerFiles: TokenizerFiles
  protected readonly adapterRegistry: AdapterRegistry
  /** Created on first use. */
  #vocabulary: Promise<TokenVocabulary> | null = null
  #isClosed = false

  protected constructor({ pool, info, shared, options: loaded }: Started, adapters: AdapterFolders | null) {
    this.model = modelInfo(shared)
    const { path, config, generation, settings, unsupported } = shared
    this.#generating = { path, config, generation, settings, unsupported, hasTokenizer: this.model.hasTokenizer }
    this.#tokenizerFiles = shared.tokenizer
    this.#pool = pool
    this.#info = info
    this.resolvedCalls = new ResolvedCalls(this.model, modelConfidence)
    this.#options = loaded
    this.adapterRegistry = new AdapterRegistry(shared.config, loaded.adapters, adapters)
    const cache = new ResultCache(loaded.cacheBytes)
    this.#translations = new TranslationRequests(pool, cache)
    this.#statistician = new Statistician(pool, () => cache.statistics, loaded.batchTokens)
  }

  /** `workers` have threads of their own by default. @throws GlassformerError as `Translator.load` */
  static async load(
    model?: string | URL,
    options: LoadOptions = {},
    workers?: Partial<PoolWorkers>,
  ): Promise<PoolTranslator> {
    const started = await startTranslating(model, options, workers)
    const isAdapted = started.options.adapters !== undefined
    return closingUnless(started.pool, async () => {
      const adapters = isAdapted ? (await import('../../../files/folders/adapters/index.ts')).adapterFolders : null
      return new PoolTranslator(started, adapters)
    })
  }

  /** The names of the adapters that option `adapter` may choose, in the order of the alphabet. */
  get adapters(): string[] {
    return this.adapterRegistry.names
  }

  /**
   * The binary, BLAS, instruction set, threads and precision in use, and the reasons why the backend is not native, if
   * it is not.
   */
  backendInfo(): BackendInfo {
    return this.#info
  }

  /**
   * Statistics of the translator, now and since it was loaded, for a page or a server's metrics. Calling it costs
   * little.
   */
  statistics(): Statistics {
    return this.#statistician.now()
  }

  /**
   * Translates one text or many; results keep the order. The translation of a text that is empty or white space is
   * empty. With `format`, each source is a document, whose texts are translated; scores and ids then cover all of these
   * texts.
   * @throws GlassformerError ERR_OPTION, ERR_INPUT, ERR_INPUT_TOO_LONG, ERR_ABORTED, ERR_TIMEOUT, ERR_BUSY, ERR_CLOSED,
   * ERR_MEMORY, ERR_WORKER
   */
  translate(source: Source, options?: TranslateOptions): Promise<Translation>
  translate(sources: readonly Source[], options?: TranslateOptions): Promise<Translation[]>
  translate(given: Source | readonly Source[], options?: TranslateOptions): Promise<Translation | Translation[]>
  async translate(
    given: Source | readonly Source[],
    options: TranslateOptions = {},
  ): Promise<Translation | Translation[]> {
    const began = performance.now()
    const resolved = this.resolvedCalls.of(options)
    const inThread = documentsInThreads(this.#options.queueTexts)
    const languages = resolved.format === 'text' ? undefined : saidLanguages(this.model.path, options)
    const read: ReadDocument = (source, parsing, scheduling) => inThread(source, { ...parsing, languages }, scheduling)
    return translateSources(given, resolved, read, (texts) => this.#translated(texts, resolved, { began }))
  }

  /**
   * Translates a document of bytes: an office document, a book, or a text with its markup, in the encoding that it has.
   * All parts other than its texts stay; docs/documents.md has the formats. Memory does not grow with the document, beyond its
   * bytes and those of the translation.
   * @throws GlassformerError ERR_INPUT for a document that is damaged, encrypted or of another format,
   * ERR_INPUT_TOO_LONG for one above the limits; as `translate`
   */
  async translateDocument(bytes: Uint8Array, options: DocumentCall): Promise<Uint8Array> {
    const { translateDocument } = await import('../documents/translate-document.ts')
    const { format, report, ...others } = options
    if (report !== undefined && typeof report !== 'function')
      throw new GlassformerError('ERR_OPTION', "option 'report' must be a function, which takes the report")
    const resolved = this.resolvedCalls.of(others)
    if (resolved.generation.alternatives > 1)
      throw new GlassformerError('ERR_OPTION', "option 'alternatives': a document has one translation")
    return translateDocument(bytes, {
      format,
      ...resolved.document,
      scheduling: resolved.scheduling,
      isTurned: isTurned(this.model.path, others),
      languages: saidLanguages(this.model.path, others),
      isWhole: resolved.split === 'never',
      report,
      read: documentsInThreads(this.#options.queueTexts),
      translate: (texts) => this.#translated(texts, resolved),
    })
  }

  /**
   * Streams a translation as it becomes certain: the joined pieces are the text that `translate` would return. With
   * several beams a piece comes when all hypotheses agree on it. Leaving the loop early stops the work. While the loop
   * waits for a piece, a `signal` can stop the work. The generator returns the whole translation, which a loop does not
   * see.
   * @throws GlassformerError as `translate`, when the loop begins or later
   */
  async *stream(source: Source, options: TranslateOptions = {}): AsyncGenerator<Piece, Translation, undefined> {
    const resolved = this.resolvedCalls.of(options)
    checkIsText(resolved, 'stream')
    const sources = [ownSource(source)]
    return yield* pieceStream(options.signal, (signal, piece) =>
      this.#translated(sources, { ...resolved, scheduling: { ...resolved.scheduling, signal } }, { piece }),
    )
  }

  /**
   * Translates sources one by one as they arrive, and yields the translations in order while more sources arrive. A
   * text is translated as soon as it has arrived. The sources that have been read but whose translations the consumer
   * has not taken are limited to a few thousand characters for each worker, so that memory use does not grow with the
   * length of the input. If a source cannot be translated, or the input fails, the translations before it come first.
   * Leaving the loop stops the work and closes the input. A full queue refuses the stream at its beginning, but not
   * later.
   * @throws GlassformerError as `translate`, when the loop begins or later
   */
  async *translateStream(
    sources: AsyncIterable<Source> | Iterable<Source>,
    options: TranslateOptions = {},
  ): AsyncGenerator<Translation, void, undefined> {
    const resolved = this.resolvedCalls.of(options)
    checkIsText(resolved, 'translateStream')
    const turn = newNumber()
    const { signal } = resolved.scheduling
    yield* translateStream(sources, {
      signal,
      most: ENOUGH * (this.#options.workers + 1),
      translate: (texts, first, signal) => {
        const stopped = { ...resolved, scheduling: { ...resolved.scheduling, signal } }
        return this.#translated(texts, stopped, { turn, isContinuation: first > 0 })
      },
    })
  }

  /**
   * Generates from source ids, as generate() of Hugging Face's transformers does: ids in, the best
   * `num_return_sequences` hypotheses out, best first (samples in order). The settings are those of
   * generation_config.json by name and override those of the folder; null unsets one. If no setting limits the length,
   * 20 new tokens are generated. The end id of sources may be left out.
   * @throws GlassformerError ERR_OPTION, ERR_UNSUPPORTED for settings that this version does not support, ERR_INPUT,
   * ERR_INPUT_TOO_LONG, ERR_ABORTED, ERR_CLOSED, ERR_MEMORY, ERR_WORKER
   */
  generate(source: readonly number[], settings?: GenerateSettings): Promise<Generated[]>
  generate(sources: readonly (readonly number[])[], settings?: GenerateSettings): Promise<Generated[][]>
  generate(
    given: readonly number[] | readonly (readonly number[])[],
    settings?: GenerateSettings,
  ): Promise<Generated[] | Generated[][]>
  async generate(
    given: readonly number[] | readonly (readonly number[])[],
    settings: GenerateSettings = {},
  ): Promise<Generated[] | Generated[][]> {
    const sources = ownIds(given)
    const resolved = resolveGenerate(settings, sources, this.#generating)
    const found = await this.generateAll(sources, resolved)
    return isSource(given) ? found[0] : found
  }

  /** The results for each source. */
  protected async generateAll(sources: number[][], resolved: ResolvedGenerate): Promise<Generated[][]> {
    const { processors, prefixAllowed, streamer, scheduling } = resolved
    const settings = this.adapted(resolved)
    if (processors.length || prefixAllowed)
      throw new GlassformerError('ERR_OPTION', 'functions need a Translator, which calls them on the calling thread')
    const chunks = chunksOf<typeof generate>(
      'generate',
      longestFirst(sources),
      (i) => sizeOf(sources[i]),
      (indices) => ({
        sources: indices.map((i) => sources[i]),
        settings: indices.map((i) => settings[i]),
        stream: streamer !== undefined,
      }),
    )
    if (this.#isClosed) throw closedError()
    if (!streamer) return this.#pool.submit<typeof generate>(chunks, { scheduling })
    return withProgress(streamer, scheduling.signal, (signal, tell) =>
      this.#pool.submit<typeof generate>(chunks, {
        scheduling: { ...scheduling, signal },
        progress: ({ index, ids }, { indices }) => tell(indices[index], ids),
      }),
    )
  }

  /**
   * Translates lists of tokens, as CTranslate2's translate_batch does: sources are already tokenized, and translations
   * are lists of tokens without the end. Tokens outside the vocabulary become unknown. The tokens around a source (its
   * end, its language) are added as the model's folder says.
   * @throws GlassformerError ERR_INPUT for a value that is not a list of tokens, and if the model has no vocabulary; as
   * `translate`
   */
  translateTokens(source: readonly string[], options?: TokenSearch): Promise<TokenTranslation>
  translateTokens(sources: readonly (readonly string[])[], options?: TokenSearch): Promise<TokenTranslation[]>
  async translateTokens(
    given: TokenSources,
    options: TokenSearch = {},
  ): Promise<TokenTranslation | TokenTranslation[]> {
    const found = await translateTokens(given, options, await this.vocabulary(), (sources, search) =>
      this.translate(sources, search),
    )
    return areOneSource(given) ? found[0] : found
  }

  /**
   * The tokens of the model and their ids.
   * @throws GlassformerError ERR_INPUT if the model has no vocabulary
   */
  vocabulary(): Promise<TokenVocabulary> {
    // Loaded by the first call: it has the tokenizers in it, which otherwise only workers need.
    this.#vocabulary ??= import('../sentences/token-vocabulary.ts').then(({ loadVocabulary }) =>
      loadVocabulary(this.#tokenizerFiles, this.model.config, this.model.path),
    )
    return this.#vocabulary
  }

  /**
   * The encoder's states of each source, and their mean. A text is one sequence here and is not split into sentences.
   * @throws GlassformerError ERR_INPUT, ERR_INPUT_TOO_LONG, ERR_OPTION, ERR_ABORTED, ERR_CLOSED, ERR_MEMORY, ERR_WORKER
   */
  encode(source: Source, options?: ModelRunOptions): Promise<Encoded>
  encode(sources: readonly Source[], options?: ModelRunOptions): Promise<Encoded[]>
  async encode(given: Source | readonly Source[], options: ModelRunOptions = {}): Promise<Encoded | Encoded[]> {
    const { adapter: name, ...scheduling } = read(runSettings, options, inOptions)
    const adapter = this.#adapterOf(name)
    if (isDecoderOnly(this.model.config))
      throw new GlassformerError('ERR_UNSUPPORTED', `${this.model.path} is a decoder alone: it has no encoder's states`)
    const sources = isSource(given) ? [ownSource(given)] : ownSources(given)
    const chunks = chunksOf<typeof encode>(
      'encode',
      longestFirst(sources),
      (i) => sizeOf(sources[i]),
      (indices) => ({ sources: indices.map((i) => sources[i]), adapter }),
    )
    if (this.#isClosed) throw closedError()
    const encoded = await this.#pool.submit<typeof encode>(chunks, { scheduling })
    return isSource(given) ? encoded[0] : encoded
  }

  /**
   * The log-probability of given translations, token by token.
   * @throws GlassformerError ERR_INPUT, ERR_INPUT_TOO_LONG, ERR_OPTION, ERR_ABORTED, ERR_CLOSED, ERR_MEMORY, ERR_WORKER
   */
  async score(pairs: readonly { source: Source; target: Source }[], options: ModelRunOptions = {}): Promise<Score[]> {
    const { adapter: name, ...scheduling } = read(runSettings, options, inOptions)
    const adapter = this.#adapterOf(name)
    const own = ownPairs(pairs)
    const size = (i: number) => sizeOf(own[i].source) + sizeOf(own[i].target)
    const chunks = chunksOf<typeof score>('score', [...own.keys()], size, (indices) => ({
      pairs: indices.map((i) => own[i]),
      adapter,
    }))
    if (this.#isClosed) throw closedError()
    return this.#pool.submit<typeof score>(chunks, { scheduling })
  }

  /**
   * Traces the computation for one sentence: tensors by name, the distribution of each step, the logit lens, and the
   * beam tree, each if asked for, and under interventions. A text is one sequence here and is not split into sentences. For a model of CTranslate2 without
   * a tokenizer, a text is tokens with spaces between them.
   * @throws GlassformerError ERR_OPTION, ERR_INPUT, ERR_INPUT_TOO_LONG, ERR_UNSUPPORTED, ERR_ABORTED, ERR_CLOSED,
   * ERR_MEMORY, ERR_WORKER
   */
  async inspect(source: Source, options: TraceOptions = {}): Promise<Trace> {
    // Loaded by the first call, so that plain translation does not wait for it.
    const { resolveTraceOptions } = await import('../../../trace/options.ts')
    const { sentInterventions } = await import('../../../trace/edits/functions-of-threads.ts')
    const resolved = resolveTraceOptions(options, this.model.defaults, this.model.config)
    const own = ownSource(source)
    const target = resolved.target === null ? null : unmarked(ownSource(resolved.target, '', 'target'))
    if (target === null) checkForModel(this.model, options, resolved.generation)
    if (this.#isClosed) throw closedError()
    const adapter = this.#adapterOf(resolved.adapterName)
    const { interventions, calls } = sentInterventions(resolved.interventions)
    const sent = {
      ...resolved,
      target,
      interventions,
      ...(adapter && { adapter }),
    }
    const contents = { source: own, options: sent, calls: calls?.memory }
    const chunk = {
      kind: 'trace' as const,
      contents,
      size: Math.min(sizeOf(own), CHUNK_SIZE),
      characters: lengthOf(own),
      indices: [0],
    }
    const scheduling = readScheduling({ signal: options.signal })
    const asked = this.#pool.submit<typeof trace>([chunk], { scheduling })
    return (await (calls ? calls.during(asked) : asked))[0]
  }

  /** Stops the workers and frees everything; open requests fail with ERR_CLOSED. Calling it again has no effect. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#pool.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #adapterOf(name: string | undefined): Adapter | undefined {
    return name === undefined ? undefined : this.adapterRegistry.of(name)
  }

  /** A call's options with the adapter that it names. @throws GlassformerError ERR_OPTION, ERR_FILE, ERR_MODEL_FORMAT */
  protected withAdapter(call: ResolvedCall): ResolvedCall {
    const adapter = this.#adapterOf(call.adapterName)
    return adapter ? { ...call, adapter } : call
  }

  /** The settings of the sources of `generate` with the adapter that they name. */
  protected adapted({ sources, adapterName }: ResolvedGenerate): SourceSettings[] {
    const adapter = this.#adapterOf(adapterName)
    return adapter ? sources.map((settings) => ({ ...settings, adapter })) : sources
  }

  async #translated(sources: readonly Source[], call: ResolvedCall, how?: TranslationHow): Promise<Translation[]> {
    if (this.#isClosed) throw closedError()
    call = this.withAdapter(call)
    const { memory, split } = call
    if (!memory) return this.#translations.of(sources, call, how)
    const use = { ...memory, splits: splitsAlways(split, this.model.trainedOn) }
    // Options that differ are sent by themselves, which their search options tell.
    const callFor = (similar?: readonly MemoryMatch[]) =>
      similar ? { ...call, generation: { ...call.generation }, similar } : call
    if (!how?.piece)
      return fromMemory(sources, use, (missing, similar) => this.#translations.of(missing, callFor(similar), how))
    const translate = async (source: Source, piece: (text: string) => void, similar?: readonly MemoryMatch[]) =>
      (await this.#translations.of([source], callFor(similar), { ...how, piece }))[0]
    return [await fromMemoryInPieces(sources[0], use, how.piece, translate)]
  }
}

/** The result of `make`; where it throws, the pool is closed. */
export async function closingUnless<T>(pool: Pool, make: () => T | Promise<T>): Promise<T> {
  try {
    return await make()
  } catch (error) {
    await pool.close()
    throw error
  }
}

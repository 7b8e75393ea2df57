import { GlassformerError } from '../../base/errors.ts'
import type { BackendInfo } from '../../engine/backend/interface/backend.ts'
import type { GenerationOptions } from '../../engine/decode/settings/options.ts'
import { checkSupported } from '../../files/folders/generation/unsupported-setting.ts'
import type { Trace } from '../../trace/data/trace.ts'
import { resolveTraceOptions, type TraceOptions } from '../../trace/options.ts'
import {
  checkIsText,
  checkShortlist,
  ownPairs,
  ownSource,
  pieceStream,
  type ReadDocument,
  type ResolvedCall,
  readScheduling,
  resolveTranslateOptions,
  type SchedulingOptions,
  translateSources,
  unmarked,
} from '../translate/for-web.ts'
import type { ModelInfo } from '../translate/options/model-info.ts'
import type { TranslateOptions } from '../translate/options/options.ts'
import type { Piece, Score, Source, Translation } from '../translate/translation/translation.ts'
import { Calls } from './calls.ts'
import type { Loaded } from './load-in-worker.ts'
import { loadPageModel } from './load-page-model.ts'
import type { LoadOptions } from './loading/load-options.ts'
import type { CacheState } from './loading/messages.ts'
import type { PickedFile } from './loading/picked-files.ts'

/** The code that parses documents, loaded with the first document. */
const readLater: ReadDocument = async (...given) =>
  (await import('../translate/parsing/read-document.ts')).readHere(...given)

/** Translates with one model in a worker of the page, so that the page's own thread stays free, or on the calling thread where there are no workers. */
export class Translator {
  /** Description of the loaded model; its `path` is the URL of the model's folder. */
  readonly model: ModelInfo
  /** Whether the browser keeps the model's files for the next time. */
  readonly cache: CacheState
  readonly #info: BackendInfo
  readonly #calls: Calls

  private constructor(loaded: Loaded<ModelInfo>) {
    if (!loaded?.worker)
      throw new GlassformerError(
        'ERR_OPTION',
        'a translator is made by await Translator.load(url, options), not by new',
      )
    this.model = loaded.model
    this.cache = loaded.cache
    this.#info = loaded.info
    this.#calls = new Calls(loaded.worker)
  }

  /**
   * Loads a model by the URL of its folder, which may be relative to the page; from files that the user of the page has
   * picked or dropped; or by a name such as `firefox/fr-en`, `argos/fr-en` or `opus-mt/fr-en`, which with `download`
   * is downloaded where the browser has not kept it. Folders are in our own layout or Hugging Face's; files that were
   * picked may also be a model of Marian or CTranslate2.
   * @throws GlassformerError ERR_NETWORK if a server cannot be reached or refuses; ERR_FILE for a file that is missing;
   * ERR_HUB, ERR_CHECKSUM for a registry or a file of it that is wrong; ERR_MODEL_FORMAT, ERR_TOKENIZER_FORMAT, ERR_UNSUPPORTED, ERR_OPTION, ERR_MEMORY, ERR_WORKER, ERR_ABORTED
   */
  static async load(model: string | URL | Iterable<PickedFile>, options: LoadOptions = {}): Promise<Translator> {
    return new Translator(
      await loadPageModel(model, options, {
        name: 'translate',
        address: () => new URL('./web-worker.js', import.meta.url),
        here: () => import('./web-worker.ts'),
      }),
    )
  }

  /** The backend that runs the model, its number of threads and its precision. */
  backendInfo(): BackendInfo {
    return this.#info
  }

  /**
   * Translates one text or many; results keep the order. The options are those of `translate` in Node.js; `priority`
   * and `client` have no effect here.
   * @throws GlassformerError ERR_OPTION, ERR_INPUT, ERR_INPUT_TOO_LONG, ERR_ABORTED, ERR_TIMEOUT, ERR_CLOSED,
   * ERR_MEMORY, ERR_WORKER
   */
  translate(source: Source, options?: TranslateOptions): Promise<Translation>
  translate(sources: readonly Source[], options?: TranslateOptions): Promise<Translation[]>
  translate(given: Source | readonly Source[], options?: TranslateOptions): Promise<Translation | Translation[]>
  async translate(
    given: Source | readonly Source[],
    options: TranslateOptions = {},
  ): Promise<Translation | Translation[]> {
    const resolved = this.#resolved(options)
    return translateSources(given, resolved, readLater, (texts) =>
      this.#translateAll(texts, resolved, resolved.scheduling),
    )
  }

  /**
   * Streams a translation as it becomes certain: the joined pieces are the text that `translate` would return. With
   * several beams a piece comes when all hypotheses agree on it. Leaving the loop early stops the work.
   * @throws GlassformerError as `translate`, when the loop begins or later
   */
  async *stream(source: Source, options: TranslateOptions = {}): AsyncGenerator<Piece, void, undefined> {
    const resolved = this.#resolved(options)
    checkIsText(resolved, 'stream')
    const sources = [ownSource(source)]
    const { timeout } = resolved.scheduling
    yield* pieceStream(options.signal, (signal, piece) =>
      this.#translateAll(sources, resolved, { signal, timeout, piece }),
    )
  }

  /**
   * The log-probability of given translations, token by token.
   * @throws GlassformerError ERR_INPUT, ERR_INPUT_TOO_LONG, ERR_OPTION, ERR_ABORTED, ERR_CLOSED, ERR_MEMORY, ERR_WORKER
   */
  async score(pairs: readonly { source: Source; target: Source }[], options: SchedulingOptions = {}): Promise<Score[]> {
    const scheduling = readScheduling(options)
    const own = ownPairs(pairs)
    return this.#calls.ask<Score>({ kind: 'score', pairs: own }, own.length, scheduling)
  }

  /**
   * Traces the computation for one sentence: tensors by name (attention among them), the distribution of each step, the
   * logit lens, and the beam tree, each if asked for. A text is one sequence here and is not split into sentences.
   * @throws GlassformerError ERR_OPTION, ERR_INPUT, ERR_INPUT_TOO_LONG, ERR_UNSUPPORTED, ERR_ABORTED, ERR_CLOSED,
   * ERR_MEMORY, ERR_WORKER
   */
  async inspect(source: Source, options: TraceOptions = {}): Promise<Trace> {
    const resolved = resolveTraceOptions(options, this.model.defaults, this.model.config)
    const own = ownSource(source)
    const target = resolved.target === null ? null : unmarked(ownSource(resolved.target, '', 'target'))
    if (resolved.interventions.some(({ kind }) => kind === 'apply'))
      throw new GlassformerError(
        'ERR_UNSUPPORTED',
        'functions of tensors run in Node.js alone: a page cannot stop its worker for them',
      )
    if (target === null) this.#check(options, resolved.generation)
    const contents = { kind: 'trace', source: own, options: { ...resolved, target } } as const
    return (await this.#calls.ask<Trace>(contents, 1, options))[0]
  }

  /** Ends the worker and frees everything; open calls fail with ERR_CLOSED. Calling it again has no effect. */
  async close(): Promise<void> {
    this.#calls.end(new GlassformerError('ERR_CLOSED', 'the translator has been closed: load another one'))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #resolved(options: TranslateOptions) {
    const resolved = resolveTranslateOptions(options, this.model.defaults, this.model.config)
    this.#check(options, resolved.generation)
    return resolved
  }

  #check(given: Partial<GenerationOptions>, resolved: GenerationOptions): void {
    const { path, hasShortlist, unsupported } = this.model
    checkShortlist(resolved, path, hasShortlist)
    checkSupported(unsupported, given, resolved, path)
  }

  #translateAll(
    sources: readonly Source[],
    { scheduling: _, format: __, document: ___, memory: ____, ...options }: ResolvedCall,
    how: { signal?: AbortSignal; timeout?: number; piece?: (text: string) => void },
  ): Promise<Translation[]> {
    const contents = { kind: 'translate', sources, options, stream: how.piece !== undefined } as const
    return this.#calls.ask<Translation>(contents, sources.length, how)
  }
}

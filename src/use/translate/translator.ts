import { setImmediate } from 'node:timers/promises'
import { GlassformerError } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import type { WasmHome } from '../../engine/backend/interface/wasm-surface.ts'
import { createPlayer } from '../../engine/program/create-player.ts'
import { adapterFolders } from '../../files/folders/adapters/index.ts'
import { createTokenizer } from '../../files/folders/tokenizers/make-tokenizer.ts'
import { takesTexts } from '../../files/folders/tokenizers/tokenizer-files.ts'
import type { Tokenizer } from '../../language/text/tokenizer/tokenizer.ts'
import { closedError, Pool } from '../../workers/pool/pool.ts'
import { aborted, atIndex, timedOut } from '../../workers/requests/submit.ts'
import type { SharedModel } from '../../workers/threads/messages.ts'
import { modelOpener } from '../../workers/threads/open-model.ts'
import { fromShared, homeOf } from '../../workers/threads/shared-model.ts'
import { mostThreads, threadsOf } from '../../workers/threads/threads.ts'
import { closingUnless, PoolTranslator } from './calls/pool-translator.ts'
import { type Started, startTranslating } from './calls/start-pool.ts'
import { translateSync } from './calls/translate-sync.ts'
import type { ResolvedGenerate } from './options/generate-settings.ts'
import type { LoadOptions, ResolvedLoadOptions, TranslateOptions } from './options/options.ts'
import { checkIsText } from './options/resolve-call.ts'
import { Assistants } from './sentences/assistants.ts'
import { Engine } from './sentences/engine.ts'
import { TextTokenizer } from './text-tokenizer.ts'
import { isSource, ownSource, ownSources } from './translation/sources.ts'
import type { Generated, Source, Translation } from './translation/translation.ts'

/**
 * Translates with one model. The work runs in worker threads over one copy of the weights, so that the event loop stays
 * free. Idle workers do not keep the process alive; `close` (or `await using`) stops them.
 */
export class Translator extends PoolTranslator {
  /**
   * Converts text to ids and back, on the calling thread. If the model takes ids only (`model.hasTokenizer` is false),
   * its methods throw.
   */
  readonly tokenizer: TextTokenizer
  readonly #pool: Pool
  readonly #options: ResolvedLoadOptions
  /** Null once the translator is closed, so that a reference to the translator does not keep the weights alive. */
  #shared: SharedModel | null
  #engine: Engine | null = null
  /** Created on first use. */
  #tokenizer: Tokenizer | null = null

  private constructor(started: Started) {
    if (!(started?.pool instanceof Pool))
      throw new GlassformerError(
        'ERR_OPTION',
        'a translator is made by await Translator.load(folder, options), not by new',
      )
    super(started, adapterFolders)
    this.tokenizer = new TextTokenizer(() => this.#needTokenizer(), started.shared.path)
    this.#pool = started.pool
    this.#shared = started.shared
    this.#options = started.options
  }

  /**
   * Loads a model folder (Hugging Face's Marian layout, or our own) by its path or `file:` URL. Without a path, and for
   * the name 'fr-en' if the working directory has no such folder, it loads the embedded French → English model.
   * @throws GlassformerError ERR_FILE, ERR_MODEL_FORMAT, ERR_TOKENIZER_FORMAT, ERR_UNSUPPORTED, ERR_BACKEND,
   * ERR_OPTION, ERR_MEMORY, ERR_WORKER
   */
  static override async load(model?: string | URL, options: LoadOptions = {}): Promise<Translator> {
    const started = await startTranslating(model, options)
    return closingUnless(started.pool, () => new Translator(started))
  }

  /**
   * Adds the low-rank adapter of a folder (LoRA, in the layout of PEFT) under a name, for option `adapter`, or puts it in the place of the
   * one that has this name. The model is not loaded again; work under way keeps the adapter with which it has begun.
   * @throws GlassformerError ERR_OPTION for a name that is none; ERR_FILE; ERR_MODEL_FORMAT for a damaged adapter, or one of another model;
   * ERR_UNSUPPORTED for one that changes more than linear layers
   */
  addAdapter(name: string, folder: string | URL): void {
    this.#open()
    this.adapterRegistry.add(name, folder)
  }

  /** Takes away an adapter that was added, or given by name when the model was loaded. Returns whether there was one. */
  removeAdapter(name: string): boolean {
    return this.adapterRegistry.remove(name)
  }

  /**
   * Translates on the calling thread and blocks it, for callers that run in a worker already. A `signal` counts only if
   * it has fired before the call, and `timeout` is checked between two steps; `priority` and `client` have no effect
   * here.
   * @throws GlassformerError as `translate`
   */
  translateSync(source: Source, options?: TranslateOptions): Translation
  translateSync(sources: readonly Source[], options?: TranslateOptions): Translation[]
  translateSync(given: Source | readonly Source[], options?: TranslateOptions): Translation | Translation[]
  translateSync(given: Source | readonly Source[], options: TranslateOptions = {}): Translation | Translation[] {
    const resolved = this.resolvedCalls.of(options)
    checkIsText(resolved, 'translateSync')
    const sources = isSource(given) ? [ownSource(given)] : ownSources(given)
    const shared = this.#open()
    if (options.signal?.aborted) throw aborted(options.signal)
    const translations = translateSync(
      this.#syncEngine(shared),
      sources,
      this.withAdapter(resolved),
      resolved.scheduling,
    )
    return isSource(given) ? translations[0] : translations
  }

  /**
   * Functions that choose among tokens run on this thread, and so does all the work of the call: one step at a time,
   * with turns of the event loop between steps.
   */
  protected override async generateAll(sources: number[][], resolved: ResolvedGenerate): Promise<Generated[][]> {
    if (!resolved.processors.length && !resolved.prefixAllowed) return super.generateAll(sources, resolved)
    const adapted = { ...resolved, sources: this.adapted(resolved) }
    return generateHere(() => this.#syncEngine(this.#open()), sources, adapted)
  }

  override async close(): Promise<void> {
    this.#shared = null
    this.#engine?.close()
    this.#engine = null
    this.#tokenizer = null
    await super.close()
  }

  /**
   * The model's tokenizer, for use on the calling thread.
   * @throws GlassformerError ERR_CLOSED; ERR_INPUT if it has none
   */
  #needTokenizer(): Tokenizer {
    const { tokenizer: files, path } = this.#open()
    this.#tokenizer ??= createTokenizer(files)
    if (this.#tokenizer) return this.#tokenizer
    throw new GlassformerError('ERR_INPUT', `${path} has no tokenizer: give lists of ids instead of texts`)
  }

  /**
   * The model.
   * @throws GlassformerError ERR_CLOSED
   */
  #open(): SharedModel {
    if (!this.#shared) throw closedError()
    return this.#shared
  }

  #syncEngine(shared: SharedModel): Engine {
    if (this.#engine?.broken) {
      this.#engine.close()
      this.#engine = null
    }
    this.#engine ??= this.#newEngine(shared)
    return this.#engine
  }

  #newEngine(shared: SharedModel): Engine {
    const { backend, threads, batchTokens, assistant } = this.#options
    const newPlayer = (home?: WasmHome) =>
      createPlayer({
        backend,
        threads: mostThreads(threads),
        threadShare: () => threadsOf(threads, this.#pool.busy + 1),
        home,
      })
    const player = newPlayer(homeOf(shared))
    const model = fromShared(shared, player.mapping)
    const tokenizer = takesTexts(shared.tokenizer) ? this.#needTokenizer() : null
    const assistants = new Assistants(model.weights, modelOpener(shared.path, newPlayer), assistant)
    return new Engine(model, tokenizer, player, { batchTokens, assistants })
  }
}

/**
 * Generates on this thread, with functions that cannot be sent to another. The event loop runs after each step.
 * `engineOf` returns the engine, and throws if the translator has been closed.
 */
async function generateHere(
  engineOf: () => Engine,
  sources: readonly number[][],
  { sources: settings, processors, prefixAllowed, streamer, scheduling }: ResolvedGenerate,
): Promise<Generated[][]> {
  const { signal, timeout } = scheduling
  const deadline = timeout === undefined ? Number.POSITIVE_INFINITY : performance.now() + timeout
  const request = {}
  const results: Generated[][] = new Array(sources.length)
  const failures: unknown[] = []
  let missing = sources.length
  const engine = engineOf()
  if (signal?.aborted) throw aborted(signal)
  const named = (error: unknown, i: number) =>
    error instanceof GlassformerError ? atIndex(error, i, sources.length) : error
  const guarded =
    <A>(tell: (argument: A) => void) =>
    (argument: A) => {
      try {
        tell(argument)
      } catch (error) {
        failures.push(error)
      }
    }
  try {
    for (const [i, source] of sources.entries()) {
      const choosers = { sentence: i, prefixAllowed, processors }
      const done = (found: Generated[]) => {
        results[i] = found
        missing--
      }
      const fail = (error: unknown) => void failures.push(named(error, i))
      try {
        const prefix = streamer && guarded((ids: number[]) => streamer(i, ids))
        engine.generate({ request, source, settings: settings[i], choosers, prefix, done, fail })
      } catch (error) {
        throw named(error, i)
      }
    }
    while (missing && !failures.length) {
      if (engineOf() !== engine) throw new GlassformerError('ERR_INTERNAL', 'a step of another call has failed')
      engine.step()
      await setImmediate()
      if (signal?.aborted) throw aborted(signal)
      if (performance.now() >= deadline && missing) throw timedOut(present(timeout))
    }
  } finally {
    engine.cancel(request)
  }
  if (failures.length) throw failures[0]
  return results
}

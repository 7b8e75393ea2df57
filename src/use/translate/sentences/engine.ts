import { GlassformerError } from '../../../base/errors.ts'
import { present } from '../../../base/present.ts'
import type { BackendInfo, Player } from '../../../engine/backend/interface/backend.ts'
import { AdapterMemory } from '../../../engine/decode/adapters/index.ts'
import { Generator } from '../../../engine/decode/generator.ts'
import { type Found, penalized, tokenTextsOf } from '../../../engine/decode/search/index.ts'
import type { GenerationOptions } from '../../../engine/decode/settings/options.ts'
import {
  encoderBatches,
  meanOf,
  SourceEncoder,
  type TokenPair,
  tokensAtOnce,
} from '../../../engine/decode/step/index.ts'
import { ForcedDecoder } from '../../../engine/decode/teacher-forced.ts'
import type { Counts, Sentence } from '../../../engine/decode/turns/index.ts'
import { encoderView } from '../../../engine/model/config/config.ts'
import type { Adapter } from '../../../engine/weights/adapter.ts'
import type { LoadedModel } from '../../../files/folders/layout/loaded-model.ts'
import { PieceTexts } from '../../../language/text/tokenizer/piece-texts.ts'
import type { Tokenizer } from '../../../language/text/tokenizer/tokenizer.ts'
import type { Side } from '../../../workers/jobs/job-kind.ts'
import { entriesIn } from '../options/prepared-glossary.ts'
import { type Beginning, begunSearch } from '../searches/begun-search.ts'
import { ModelGlossary, searchingTerms } from '../searches/glossary.ts'
import { glossarySearch, KeptGlossaries } from '../searches/glossary-search.ts'
import type { Aligning } from '../searches/replaced-terms.ts'
import type { SentenceSearch } from '../searches/sentence-search.ts'
import { isIds } from '../translation/sources.ts'
import type { Encoded, Score, Source } from '../translation/translation.ts'
import type { Assistants } from './assistants.ts'
import { type Context, Contexts } from './contexts.ts'
import type { SourceToGenerate, SourceToTranslate } from './engine-sources.ts'
import { beginningWith, type LanguageCodes, languageCodes } from './language-codes.ts'
import type { PreparedSentence, PreparedText } from './prepared-sentence.ts'
import { sentenceDrafts } from './sentence-drafts.ts'
import { SentenceIds } from './sentence-ids.ts'
import { SourceTranslation } from './source-translation.ts'
import { TextPreparation } from './text-preparation.ts'
import { type TranslatedSentence, TranslationMaker } from './translation-maker.ts'

/** The search for the translation of one sentence of a source. */
interface SentenceTask {
  readonly translation: SourceTranslation
  readonly search: SentenceSearch
  /** Takes the text of the translation's first ids as they grow; null where it is not streamed. */
  readonly grow: ((text: () => string) => void) | null
  /** The sentence as the source has it, where it may stay untranslated. */
  readonly raw: string | undefined
  readonly options: GenerationOptions
  readonly stops: ((ids: readonly number[]) => boolean) | null
  finish(sentence: TranslatedSentence): void
  /** The arrival time of the request, until it has been passed to the generator. */
  acceptedAt: number | undefined
}

/** The properties that the engine adds to each task of a source. */
type Given = 'translation' | 'raw' | 'stops'

/** Everything that is known of a source before its sentences are queued. */
interface Begun {
  options: GenerationOptions
  languages: LanguageCodes
  glossary: ModelGlossary | null
  context: Context | null
}

/** The settings of an engine. */
export interface EngineOptions {
  batchTokens: number
  counts?: Counts
  /** The models that draft for this one; null where there can be none. */
  assistants?: Assistants | null
}

/** Translates on the calling thread, with tokenizer, search and backend. Its owner runs the steps. */
export class Engine {
  readonly #model: LoadedModel
  readonly #tokenizer: Tokenizer | null
  readonly #player: Player
  readonly #generator: Generator
  readonly #adapters: AdapterMemory
  readonly #forced: ForcedDecoder
  readonly #ids: SentenceIds
  readonly #pieces: PieceTexts | null
  readonly #preparation: TextPreparation
  readonly #maker: TranslationMaker
  readonly #glossaries = new KeptGlossaries()
  readonly #contexts: Contexts
  readonly #assistants: Assistants | null
  /** Created on first use. */
  #encoder: SourceEncoder | null = null
  #broken = false

  constructor(
    model: LoadedModel,
    tokenizer: Tokenizer | null,
    player: Player,
    { batchTokens, counts, assistants = null }: EngineOptions,
  ) {
    this.#model = model
    this.#tokenizer = tokenizer
    this.#player = player
    this.#assistants = assistants
    const { shortlist } = model
    const assistant = assistants?.default ?? null
    const adapters = new AdapterMemory(model.weights)
    this.#adapters = adapters
    this.#generator = new Generator(player, model.weights, { batchTokens, shortlist, counts, assistant, adapters })
    this.#forced = new ForcedDecoder(player, model.weights, adapters)
    this.#pieces = tokenizer && new PieceTexts(tokenizer)
    this.#ids = new SentenceIds(tokenizer, model.config, model.path)
    this.#preparation = new TextPreparation(model, tokenizer, this.#ids, this.#forced)
    this.#maker = new TranslationMaker(model, tokenizer, this.#forced)
    this.#contexts = new Contexts({
      model,
      sentencesOf: (context, options, languages) => this.#preparation.contextOf(context, options, languages),
      encode: (text, languages) => this.#ids.encode(text, 'source', languages),
      score: (pairs) => this.#forced.score(pairs),
      translate: (job, source, options, done) =>
        this.#generator.add({
          request: job.request,
          turn: job.turn,
          source,
          options,
          adapter: job.options.adapter,
          surface: tokenizer && tokenTextsOf(tokenizer, present(this.#pieces), source),
          done: this.#guarded(job, ([best]: Found[]) => done(best)),
        }),
    })
  }

  get info(): BackendInfo {
    return { ...this.#player.info, precision: this.#model.weights.numberFormat }
  }

  get busy(): boolean {
    return this.#generator.busy
  }

  /** Whether a step has thrown; the state after that cannot be used any more. */
  get broken(): boolean {
    return this.#broken
  }

  step(): void {
    this.#broken = true
    this.#generator.step()
    this.#broken = false
    this.#generator.count()
  }

  /** Reports waiting sources and sources under way. */
  count(): void {
    this.#generator.count()
  }

  cancel(request: unknown): void {
    this.#contexts.cancel(request)
    this.#generator.cancel((sentence) => sentence.request === request)
  }

  close(): void {
    this.#player.close()
    this.#assistants?.close()
  }

  /**
   * Queues a source; `done` is called by a later step, or at once if there is nothing to translate.
   * @throws ERR_INPUT…
   */
  add(job: SourceToTranslate): void {
    const languages = languageCodes(this.#tokenizer, job.options.languages, this.#model.path)
    const options = beginningWith(languages, job.options.generation)
    const glossary = this.#glossaryOf(job)
    const prepared = this.#preparation.of(job.source, job.options, languages)
    const translation = new SourceTranslation(job, prepared, this.#maker, languages.targetLocale)
    if (!prepared.sentences.length) return translation.endWithoutSentences()
    const begin = (context: Context | null) =>
      this.#begin(job, prepared, translation, { options, languages, glossary, context })
    if (!this.#contexts.read({ job, options, languages, take: this.#guarded(job, begin) })) begin(null)
  }

  /** Queues the sentences of a source. */
  #begin(
    job: SourceToTranslate,
    { sentences, groups }: PreparedText,
    translation: SourceTranslation,
    { options, languages, glossary, context }: Begun,
  ): void {
    const stops = this.#stopsOf(options.stopStrings)
    const optionsOf = sentenceDrafts(options, sentences.length, this.#tokenizer, languages)
    const aligning = this.#preparation.aligning(typeof job.source === 'string' ? job.source : '', job.options.adapter)
    const similar = sentences.length === 1 ? job.options.similar?.[0] : undefined
    const begin = ({ search: plain, raw }: PreparedSentence, task: Omit<SentenceTask, 'search' | Given>) => {
      const own = glossary ? glossarySearch(plain, glossary, options, aligning) : plain
      const begun = similar ? begunSearch(own, similar, this.#beginning(aligning, { options, languages })) : own
      const search = context ? context.search(begun) : begun
      this.#advance({ ...task, translation, search, raw, stops }, search.next(NOTHING_FOUND), [])
    }
    sentences.forEach((sentence, index) =>
      begin(sentence, {
        options: optionsOf(index),
        grow: sentence.isPlain && job.options.minConfidence === 0 ? translation.growing(index) : null,
        finish: (translated) => translation.finish(index, translated),
        acceptedAt: index ? undefined : job.acceptedAt,
      }),
    )
    groups.forEach(({ passage }, group) => {
      if (!passage) return
      begin(passage, {
        options: optionsOf(sentences.length),
        grow: null,
        finish: (translated) => translation.finishPassage(group, translated),
        acceptedAt: undefined,
      })
    })
  }

  #beginning(aligning: Aligning, { options, languages }: Pick<Begun, 'options' | 'languages'>): Beginning {
    return {
      ...aligning,
      encode: (source) => this.#ids.encode(source, 'source', languages),
      encodeTarget: (target) => this.#ids.encode(target, 'target', languages),
      scoreOf: (sum, length) => penalized(options, sum, Math.max(1, length)),
    }
  }

  /** Records the result of a sentence's search, or queues its next input. `last` is the input before. */
  #advance(task: SentenceTask, step: ReturnType<SentenceSearch['next']>, last: readonly number[]): void {
    const { translation, options } = task
    if (step.done) {
      const sentence = { source: last, translations: step.value }
      return task.finish(this.#maker.judged(sentence, task.raw, translation.job.options))
    }
    const { job } = translation
    const { source, alternatives = options.alternatives, begin, terms, mostTokens, isHeld } = step.value
    const searching = terms ? searchingTerms(options, begin?.length ?? 0, mostTokens) : options
    const growing = isHeld ? null : task.grow
    this.#generator.add({
      request: job.request,
      turn: job.turn,
      acceptedAt: task.acceptedAt,
      source,
      adapter: job.options.adapter,
      options: alternatives === options.alternatives ? searching : { ...searching, alternatives },
      ...(begin && { begin: [options.start ?? this.#model.config.ids.start ?? -1, ...begin] }),
      stops: task.stops,
      surface: this.#tokenizer && tokenTextsOf(this.#tokenizer, present(this.#pieces), source),
      terms,
      prefix: growing
        ? this.#guarded(job, (part: number[]) => growing(() => this.#preparation.decode(source, part)))
        : undefined,
      done: this.#guarded(job, (found: Found[]) => this.#advance(task, task.search.next(found), source)),
    })
    task.acceptedAt = undefined // the time to the first token is measured only once
  }

  /**
   * The ids of a text, or the given ids, with the end: one side of a pair to be scored.
   * @throws ERR_INPUT…
   */
  idsOf(source: Source, side: Side): number[] {
    return this.#ids.of(source, side)
  }

  /**
   * Queues a source for `generate`; `done` is called by a later step.
   * @throws ERR_INPUT…
   */
  generate({ request, turn, acceptedAt, source, settings, choosers, prefix, done, fail }: SourceToGenerate): void {
    const { options, begin, assistant, adapter } = settings
    const start = begin.filter((id) => id >= 0)
    this.#generator.add({
      ...(assistant !== undefined && { assistant: this.#assistants?.of(assistant) }),
      request,
      turn,
      acceptedAt,
      source: source.rows ? source : this.#ids.of(source, 'source'),
      options,
      begin,
      adapter,
      choosers,
      prefix,
      stops: this.#stopsOf(options.stopStrings),
      fail,
      done: (found) =>
        done(
          found.map(({ ids, scores, score, finishReason }) => ({
            ids,
            sequence: [...start, ...ids],
            score,
            tokenScores: scores,
            finishReason,
          })),
        ),
    })
  }

  /** Queues a sentence that has been made elsewhere. */
  run(sentence: Sentence): void {
    this.#generator.add(sentence)
  }

  /**
   * The encoder's output for each source; a text is one sequence.
   * @throws ERR_INPUT…
   */
  encode(sources: readonly (readonly number[])[], adapter?: Adapter): Encoded[] {
    this.#encoder ??= new SourceEncoder(this.#player, this.#model.weights, this.#adapters)
    const encoded: Encoded[] = []
    for (const batch of encoderBatches(
      sources.map((source) => ({ source, adapter })),
      tokensAtOnce(this.#player.info),
    )) {
      const ids = batch.map(({ source }) => [...source])
      this.#encoder.states(batch).forEach((states, i) => {
        encoded.push({ ids: ids[i], states, mean: meanOf(states, encoderView(this.#model.config).dModel) })
      })
    }
    return encoded
  }

  /** A function that finds stop strings in the text of ids; null if there are no stop strings. */
  #stopsOf(stopStrings: readonly string[]): ((ids: readonly number[]) => boolean) | null {
    if (!stopStrings.length) return null
    return (ids) => {
      const text = this.#decode(ids)
      return stopStrings.some((stop) => text.includes(stop))
    }
  }

  /** The score of each target. */
  score(pairs: readonly TokenPair[]): Score[] {
    const batches: Score[] = []
    for (let i = 0; i < pairs.length; i += PAIRS_AT_ONCE) {
      const some = pairs.slice(i, i + PAIRS_AT_ONCE)
      this.#forced.score(some).forEach((scores, k) => {
        const tokenScores = Array.from(scores)
        batches.push({ score: tokenScores.reduce((a, b) => a + b, 0), ids: [...some[k].target], tokenScores })
      })
    }
    return batches
  }

  /** Wraps a callback of the search, so that its error belongs to the source and does not break the step. */
  #guarded<A>(job: SourceToTranslate, callback: (argument: A) => void): (argument: A) => void {
    return (argument) => {
      try {
        callback(argument)
      } catch (error) {
        this.cancel(job.request)
        job.fail(error)
      }
    }
  }

  /** @throws GlassformerError ERR_OPTION, ERR_INPUT if the model takes no texts in which terms could be found */
  #glossaryOf({ source, options: { glossary } }: SourceToTranslate): ModelGlossary | null {
    if (!glossary) return null
    if (!this.#tokenizer)
      throw new GlassformerError('ERR_OPTION', `option 'glossary' needs a tokenizer, and ${this.#model.path} has none`)
    if (isIds(source))
      throw new GlassformerError('ERR_INPUT', "option 'glossary' finds terms in texts: give a text instead of ids")
    const [tokenizer, pieces, { maxLength }] = [this.#tokenizer, present(this.#pieces), this.#model.config]
    const { text } = glossary
    return this.#glossaries.of(text, () => new ModelGlossary(entriesIn(text), tokenizer, pieces, maxLength))
  }

  #decode(ids: readonly number[]): string {
    return this.#tokenizer?.decode(ids) ?? ''
  }
}

const NOTHING_FOUND: readonly Found[] = []

/** Bounds the memory of `score`, whose logits are [target tokens, vocabulary]. */
const PAIRS_AT_ONCE = 16

import type { BackendInfo, Player } from '../backend/backend.ts'
import type { Counts } from '../decode/counts.ts'
import { meanOf, SourceEncoder } from '../decode/encoder.ts'
import { encoderBatches, tokensAtOnce } from '../decode/encoder-batches.ts'
import { ForcedDecoder } from '../decode/forced.ts'
import { Generator } from '../decode/generator.ts'
import type { GenerationOptions } from '../decode/options.ts'
import type { Choosers } from '../decode/processors/chain.ts'
import type { TokenPair } from '../decode/ragged-batch.ts'
import type { Found } from '../decode/search.ts'
import { surfaceOf } from '../decode/surface.ts'
import type { Turn } from '../decode/turn.ts'
import { GlassformerError } from '../errors.ts'
import type { LoadedModel } from '../folders/loaded-model.ts'
import type { MarkedText, PlacedText } from '../protect/span.ts'
import { KnownCharacters } from '../protect/unknown.ts'
import { type Casing, casingOf } from '../text/case.ts'
import { firstLine, splitLines } from '../text/lines.ts'
import { PieceTexts } from '../text/piece-texts.ts'
import { sayable } from '../text/sayable.ts'
import { splitSentences } from '../text/sentences.ts'
import type { Tokenizer } from '../text/tokenizer.ts'
import { alternativesOf } from './alternatives.ts'
import type { SourceSettings } from './generate-settings.ts'
import { ModelGlossary, placing, searchingTerms } from './glossary.ts'
import type { GlossaryEntry } from './glossary-option.ts'
import { type Aligning, glossarySearch } from './glossary-search.ts'
import type { Side } from './messages.ts'
import { type PreparedText, preparedText } from './prepared-text.ts'
import type { Reader } from './protected-search.ts'
import type { ResolvedTranslateOptions } from './resolve-translate-options.ts'
import { SentenceIds, SHORTER } from './sentence-ids.ts'
import { plainSearch, type SentenceSearch, type SentenceTranslation } from './sentence-search.ts'
import { isIds, textOf } from './sources.ts'
import { StandIns } from './stand-ins.ts'
import { TextStream } from './text-stream.ts'
import { beginningWith, type ToldLanguages, toldLanguages } from './told-languages.ts'
import type {
  Encoded,
  Generated,
  Score,
  SentenceAlignment,
  SentenceAttention,
  Source,
  Translation,
} from './translation.ts'

/** One source to be translated. Sources of one `request` can be canceled together, and requests take turns. */
export interface SourceToTranslate {
  request: unknown
  turn?: Turn
  /** When the request was accepted, where the time to its first token is to be counted; see `Sentence`. */
  accepted?: number
  source: Source
  options: ResolvedTranslateOptions
  done(translation: Translation): void
  /** Called instead of `done` when a step could not make a translation of what the search found; the request has been canceled by then. */
  fail(error: unknown): void
  /** Receives text as it becomes certain. */
  piece?(text: string): void
}

/** One source to be generated from. */
export interface SourceToGenerate {
  request: unknown
  turn?: Turn
  accepted?: number
  /** Source ids; the end may be left out. */
  source: readonly number[]
  settings: SourceSettings
  choosers?: Choosers
  done(found: Generated[]): void
  fail(error: unknown): void
}

/** A sentence that has been translated: what the model read last, and the translations, the best first. */
interface TranslatedSentence {
  source: readonly number[]
  translations: SentenceTranslation[]
}

/** Translates on the calling thread: tokenizer, search and backend together. Steps are taken by whoever holds it. */
export class Engine {
  readonly #model: LoadedModel
  readonly #tokenizer: Tokenizer | null
  readonly #player: Player
  readonly #generator: Generator
  readonly #forced: ForcedDecoder
  readonly #ids: SentenceIds
  readonly #pieces: PieceTexts | null
  readonly #locale: string | undefined
  readonly #known: KnownCharacters | null
  readonly #glossaries = new WeakMap<readonly GlossaryEntry[], ModelGlossary>()
  /** Null until it is needed first. */
  #standIns: StandIns | null = null
  /** Null until it is needed first. */
  #encoder: SourceEncoder | null = null
  #broken = false

  constructor(model: LoadedModel, tokenizer: Tokenizer | null, player: Player, batchTokens: number, counts?: Counts) {
    this.#model = model
    this.#tokenizer = tokenizer
    this.#player = player
    this.#generator = new Generator(player, model.weights, { batchTokens, shortlist: model.shortlist, counts })
    this.#forced = new ForcedDecoder(player, model.weights)
    this.#pieces = tokenizer && new PieceTexts(tokenizer)
    this.#ids = new SentenceIds(tokenizer, model.config, model.path)
    this.#locale = localeOf(model.sourceLocale)
    this.#known = tokenizer && new KnownCharacters(sayable(tokenizer))
  }

  get info(): BackendInfo {
    return { ...this.#player.info, precision: this.#model.weights.numberFormat }
  }

  get busy(): boolean {
    return this.#generator.busy
  }

  /** Whether a step has thrown: the state that it left behind cannot be used any more. */
  get broken(): boolean {
    return this.#broken
  }

  step(): void {
    this.#broken = true
    this.#generator.step()
    this.#broken = false
    this.#generator.count()
  }

  /** Tells what waits and what is under way now. */
  count(): void {
    this.#generator.count()
  }

  cancel(request: unknown): void {
    this.#generator.cancel((sentence) => sentence.request === request)
  }

  close(): void {
    this.#player.close()
  }

  /** Queues a source; `done` is called by a later step, or at once where there is nothing to translate. @throws ERR_INPUT… */
  add(given: SourceToTranslate): void {
    const languages = toldLanguages(this.#tokenizer, given.options.languages, this.#model.path)
    const options = beginningWith(languages, given.options.generation)
    const glossary = this.#glossaryOf(given)
    const { sentences, around } = this.#prepared(given.source, given.options, languages)
    const translated: TranslatedSentence[] = new Array(sentences.length)
    let missing = sentences.length
    const end = () => given.done(this.#translation(given, around, translated))
    if (!missing) {
      if (around[0].spans.length) given.piece?.(around[0].text)
      return end()
    }
    const stream =
      given.piece &&
      new TextStream(
        around.map(({ text }) => text),
        given.piece,
      )
    const stops = this.#stopsOf(options.stopStrings)
    const aligning = this.#aligning(typeof given.source === 'string' ? given.source : '')
    sentences.forEach(({ search: plain, isPlain }, i) => {
      let accepted = i ? undefined : given.accepted
      const search = glossary ? glossarySearch(plain, glossary, options, aligning) : plain
      const go = (step: ReturnType<SentenceSearch['next']>, source: readonly number[]) => {
        if (step.done) {
          translated[i] = { source, translations: step.value }
          stream?.end(i, step.value[0].text)
          if (--missing === 0) end()
          return
        }
        const { ids, alternatives = options.alternatives, begin, terms, isHeld } = step.value
        const searching = terms ? searchingTerms(options, begin?.length ?? 0) : options
        const growing = isPlain && !isHeld ? stream : undefined
        this.#generator.add({
          ...{ request: given.request, turn: given.turn, accepted },
          source: ids,
          options: alternatives === options.alternatives ? searching : { ...searching, alternatives },
          ...(begin && { begin: [options.start ?? this.#model.config.ids.start ?? -1, ...begin] }),
          stops,
          surface: this.#tokenizer && surfaceOf(this.#tokenizer, this.#pieces!, ids),
          terms,
          prefix: growing && this.#guarded(given, (part: number[]) => growing.grow(i, () => this.#decode(part))),
          done: this.#guarded(given, (found: Found[]) => go(search.next(found), ids)),
        })
        accepted = undefined // the first token has its time only once
      }
      go(search.next(NOTHING_FOUND), [])
    })
  }

  /** The ids of a text, or the given ids, with the end: one side of a pair to be scored. @throws ERR_INPUT… */
  idsOf(source: Source, side: Side): number[] {
    return this.#ids.of(source, side)
  }

  /** Queues a source to be generated from; `done` is called by a later step. @throws ERR_INPUT… */
  generate({ request, turn, accepted, source, settings, choosers, done, fail }: SourceToGenerate): void {
    const { options, begin } = settings
    const start = begin.filter((id) => id >= 0)
    this.#generator.add({
      ...{ request, turn, accepted },
      source: this.#ids.of(source, 'source'),
      options,
      begin,
      choosers,
      stops: this.#stopsOf(options.stopStrings),
      fail,
      done: (found) =>
        done(
          found.map(({ ids, scores, score, finishReason }) => ({
            ...{ ids, sequence: [...start, ...ids], score, tokenScores: scores, finishReason },
          })),
        ),
    })
  }

  /** What the encoder makes of each source; a text is one sequence. @throws ERR_INPUT… */
  encode(sources: readonly (readonly number[])[]): Encoded[] {
    this.#encoder ??= new SourceEncoder(this.#player, this.#model.weights)
    const encoded: Encoded[] = []
    for (const batch of encoderBatches(
      sources.map((source) => ({ source })),
      tokensAtOnce(this.#player.info),
    )) {
      const ids = batch.map(({ source }) => [...source])
      this.#encoder.states(ids).forEach((states, i) => {
        encoded.push({ ids: ids[i], states, mean: meanOf(states, this.#model.config.dModel) })
      })
    }
    return encoded
  }

  /** Whether the text of some ids has a text that stops them; null where there are no such texts. */
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
  #guarded<A>(given: SourceToTranslate, callback: (argument: A) => void): (argument: A) => void {
    return (argument) => {
      try {
        callback(argument)
      } catch (error) {
        this.cancel(given.request)
        given.fail(error)
      }
    }
  }

  #translation(
    { source, options: { generation, attention, alignment, glossary } }: SourceToTranslate,
    around: readonly PlacedText[],
    translated: readonly TranslatedSentence[],
  ): Translation {
    const alternatives = alternativesOf(
      around,
      translated.map(({ translations }) => translations),
    )
    const place = glossary && placing(textOf(source)!, alternatives[0].spans)
    return {
      ...alternatives[0],
      ...(generation.alternatives > 1 && { alternatives }),
      ...(alignment && {
        alignment: translated.map(({ source, translations: [best] }) => this.#alignment(source, best.ids)),
      }),
      ...(place && {
        glossary: translated.flatMap(
          ({ translations: [best] }) => best.terms?.outcome(this.#decode(best.ids), place) ?? [],
        ),
      }),
      ...(attention && {
        attention: translated.map(({ source, translations: [best] }) => this.#attention(source, best.ids)),
      }),
    }
  }

  #attention(source: readonly number[], target: readonly number[]): SentenceAttention {
    const layers = source.length ? this.#forced.crossAttention({ source, target }) : []
    return { ...this.#tokens(source, target), layers }
  }

  #alignment(source: readonly number[], target: readonly number[]): SentenceAlignment {
    const head = this.#model.config.alignment!
    const weights = source.length ? this.#forced.headAttention({ source, target }, head) : new Float32Array(0)
    return { ...this.#tokens(source, target), weights }
  }

  #tokens(source: readonly number[], target: readonly number[]): { source: string[]; target: string[] } {
    const name = (id: number, piece?: (id: number) => string) => piece?.(id) ?? String(id)
    return {
      source: source.map((id) => name(id, this.#tokenizer?.sourcePiece.bind(this.#tokenizer))),
      target: target.map((id) => name(id, this.#tokenizer?.piece.bind(this.#tokenizer))),
    }
  }

  /** @throws GlassformerError ERR_OPTION, ERR_INPUT where there are no texts in which terms could be found */
  #glossaryOf({ source, options: { glossary } }: SourceToTranslate): ModelGlossary | null {
    if (!glossary) return null
    if (!this.#tokenizer)
      throw new GlassformerError('ERR_OPTION', `option 'glossary' needs a tokenizer, and ${this.#model.path} has none`)
    if (isIds(source))
      throw new GlassformerError('ERR_INPUT', "option 'glossary' finds terms in texts: give a text instead of ids")
    let known = this.#glossaries.get(glossary)
    if (!known) {
      known = new ModelGlossary(glossary, this.#tokenizer, this.#pieces!, this.#model.config.maxLength)
      this.#glossaries.set(glossary, known)
    }
    return known
  }

  /** The sentences of a source, each short enough for the model. A text of white space has no sentences. */
  #prepared(source: Source, options: ResolvedTranslateOptions, languages: ToldLanguages): PreparedText {
    if (isIds(source)) {
      const search = plainSearch(this.idsOf(source, 'source'), (ids) => this.#decode(ids))
      return { sentences: [{ search, isPlain: true }], around: [NO_TEXT, NO_TEXT] }
    }
    const marked = typeof source === 'string' ? { text: source, spans: [] } : source
    const { split } = options
    const code = firstLine(this.#tokenizer?.languageCode?.(marked.text) ?? '')
    const [what, advice] = split === 'never' ? (['source', UNSPLIT] as const) : (['sentence', SHORTER] as const)
    const known = options.copyUnknown ? this.#known : null
    const encode = (sentence: string) =>
      this.#ids.fit(
        this.#ids.encode(code + (known?.spelled(sentence) ?? sentence), 'source', languages),
        what,
        advice,
        sentence,
      )
    const locale = languages.locale ?? this.#locale
    return preparedText(withoutCode(marked, code), {
      protection: options.protection,
      known,
      casing: (sentence) => (options.readCapitals ? this.#casing(sentence, locale, languages.targetLocale) : null),
      split: (text) => (this.#isToBeSplit(code + text, split) ? splitSentences(text, locale) : splitLines(text)),
      encode,
      decode: (ids) => this.#decode(ids),
      reader: () => this.#reader(encode, code, options.generation),
    })
  }

  #casing(sentence: string, source: string | undefined, target: string | undefined): Casing | null {
    const tokenizer = this.#tokenizer
    if (!tokenizer) return null
    const pieces = (word: string) => {
      const ids = tokenizer.encode(word, { special: false })
      return tokenizer.decodeSource(ids).trim() === word ? ids.length : Infinity
    }
    return casingOf(sentence, { pieces, source, target })
  }

  #reader(encode: Reader['encode'], code: string, { beams, sample, alternatives }: GenerationOptions): Reader {
    const tokenizer = this.#tokenizer!
    this.#standIns ??= new StandIns(tokenizer)
    return {
      ...this.#aligning(code),
      encode,
      standIns: this.#standIns,
      beams: sample ? 1 : beams,
      alternatives,
    }
  }

  /** How terms find their places. `source`: a text that may begin with the code of a language. */
  #aligning(source: string): Aligning {
    const tokenizer = this.#tokenizer
    const code = firstLine(tokenizer?.languageCode?.(source) ?? '')
    return {
      decode: (ids) => this.#decode(ids),
      decodeSource: (ids) => tokenizer!.decodeSource(ids),
      codeLength: code === '' ? 0 : tokenizer!.encode(code, { special: false }).length,
      attention: (source, target) => this.#forced.crossAttention({ source, target }),
    }
  }

  #isToBeSplit(text: string, split: ResolvedTranslateOptions['split']): boolean {
    const { trainedOn, splitTokens } = this.#model
    if (split === 'never') return false
    if (split === 'always' || (split === 'auto' && trainedOn === 'sentences')) return true
    return this.#ids.encode(text, 'source').length > splitTokens
  }

  #decode(ids: readonly number[]): string {
    return this.#tokenizer?.decode(ids) ?? ''
  }
}

const NO_TEXT: PlacedText = { text: '', spans: [] }
const NOTHING_FOUND: readonly Found[] = []

/** A marked text behind the code with which it begins. */
const withoutCode = ({ text, spans }: MarkedText, { length }: string): MarkedText =>
  length === 0
    ? { text, spans }
    : {
        text: text.slice(length),
        spans: spans
          .filter(({ start }) => start >= length)
          .map((span) => ({ ...span, start: span.start - length, end: span.end - length })),
      }

const UNSPLIT = `split it into sentences, or leave option 'split' at 'auto'`

/**
 * The language that a folder names, where the name is a BCP 47 tag. With other names ('fra_Latn'), sentences are split as for any language.
 */
function localeOf(name: string | undefined): string | undefined {
  try {
    return name && Intl.getCanonicalLocales(name)[0]
  } catch {
    return undefined
  }
}

/** Bounds the memory of `score`, whose logits are [target tokens, vocabulary]. */
const PAIRS_AT_ONCE = 16

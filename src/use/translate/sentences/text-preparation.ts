import { present } from '../../../base/present.ts'
import type { ForcedDecoder } from '../../../engine/decode/teacher-forced.ts'
import { isDecoderOnly, sourceEndOf } from '../../../engine/model/config/config.ts'
import type { Adapter } from '../../../engine/weights/adapter.ts'
import type { LoadedModel } from '../../../files/folders/layout/loaded-model.ts'
import type { MarkedText, PlacedText } from '../../../language/protect/span.ts'
import { KnownCharacters } from '../../../language/protect/unknown.ts'
import { rowsIn } from '../../../language/text/rows-text.ts'
import { type Casing, casingOf } from '../../../language/text/sentences/case.ts'
import { firstLine, splitLines } from '../../../language/text/sentences/lines.ts'
import { splitSentences } from '../../../language/text/sentences/sentences.ts'
import { inOneLine } from '../../../language/text/sentences/spaces.ts'
import { characterTest } from '../../../language/text/tokenizer/has-character.ts'
import type { Tokenizer } from '../../../language/text/tokenizer/tokenizer.ts'
import { splitsAlways } from '../options/options.ts'
import type { ResolvedTranslateOptions } from '../options/resolve-call.ts'
import type { Reader } from '../searches/protected-search.ts'
import type { Aligning } from '../searches/replaced-terms.ts'
import { type Replacing, replacedUnknowns } from '../searches/replaced-unknowns.ts'
import { plainSearch } from '../searches/sentence-search.ts'
import { StandIns } from '../searches/stand-ins.ts'
import { isIds, textOf } from '../translation/sources.ts'
import type { Source } from '../translation/translation.ts'
import type { ContextSentence } from './contexts.ts'
import type { LanguageCodes } from './language-codes.ts'
import { alone } from './passages.ts'
import type { PreparedSentence, PreparedText } from './prepared-sentence.ts'
import { preparedText } from './prepared-text.ts'
import { type SentenceIds, SHORTER } from './sentence-ids.ts'

/** Prepares sources for a model: divides them into sentences, and chooses how each of these is read. */
export class TextPreparation {
  readonly #model: LoadedModel
  readonly #tokenizer: Tokenizer | null
  readonly #ids: SentenceIds
  readonly #forced: ForcedDecoder
  readonly #locale: string | undefined
  readonly #known: KnownCharacters | null
  /** Created on first use. */
  #standIns: StandIns | null = null

  constructor(model: LoadedModel, tokenizer: Tokenizer | null, ids: SentenceIds, forced: ForcedDecoder) {
    this.#model = model
    this.#tokenizer = tokenizer
    this.#ids = ids
    this.#forced = forced
    this.#locale = localeOf(model.sourceLocale)
    this.#known = tokenizer && new KnownCharacters(characterTest(tokenizer))
  }

  /** The sentences of a source, each short enough for the model. A text of white space has no sentences. */
  of(source: Source, options: ResolvedTranslateOptions, languages: LanguageCodes): PreparedText {
    if (isDecoderOnly(this.#model.config)) return this.#ofPrompt(source)
    const prepared =
      isIds(source) || this.#isOfRows(source)
        ? this.#ofIds(source, languages)
        : this.#ofText(source, options, languages)
    const replacing = options.generation.replaceUnknown ? this.#replacing(languages, options.adapter) : null
    if (!replacing) return prepared
    const replaced = ({ search, raw }: PreparedSentence) => ({
      search: replacedUnknowns(search, replacing),
      raw,
      isPlain: false,
    })
    return {
      ...prepared,
      sentences: prepared.sentences.map(replaced),
      groups: prepared.groups.map((group) => (group.passage ? { ...group, passage: replaced(group.passage) } : group)),
    }
  }

  /** A prompt is one sequence, with all of its white space; nothing in it is protected. */
  #ofPrompt(source: Source): PreparedText {
    const ids = this.#ids.of(source, 'source')
    const search = plainSearch(ids, (found) => this.decode(ids, found), textOf(source) ?? undefined)
    return alone({ sentences: [{ search, isPlain: true }], around: [NO_TEXT, NO_TEXT] })
  }

  /** The text of ids that the model has found for these source ids: a translation, or what goes on with a prompt. */
  decode(source: readonly number[], found: readonly number[]): string {
    const tokenizer = this.#tokenizer
    return tokenizer && isDecoderOnly(this.#model.config) ? continuation(tokenizer, source, found) : this.#decode(found)
  }

  /** Whether a text is rows of real numbers, which nothing divides or changes. */
  #isOfRows(source: string | MarkedText): boolean {
    const { rowWidth } = this.#model.config
    return rowWidth !== undefined && rowsIn(typeof source === 'string' ? source : source.text) !== null
  }

  #ofIds(source: Source, languages: LanguageCodes): PreparedText {
    const ids = this.#ids.of(source, 'source', languages)
    if (!ids.length) return alone({ sentences: [], around: [NO_TEXT] })
    const search = plainSearch(ids, (found) => this.#decode(found))
    return alone({ sentences: [{ search, isPlain: true }], around: [NO_TEXT, NO_TEXT] })
  }

  #ofText(source: string | MarkedText, options: ResolvedTranslateOptions, languages: LanguageCodes): PreparedText {
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
      checkedNumbers: options.numbers
        ? { source: locale, target: languages.targetLocale ?? this.#model.targetLocale }
        : null,
      known,
      casing: (sentence) => (options.readCapitals ? this.#casing(sentence, locale, languages.targetLocale) : null),
      split: (text) => (this.#isToBeSplit(code + text, split) ? splitSentences(text, locale) : splitLines(text)),
      packing:
        split === 'packed'
          ? { most: this.#mostPacked(options.packTokens), tokensOf: (sentence) => encode(sentence).length }
          : null,
      encode,
      decode: (ids) => this.#decode(ids),
      reader: () => this.#reader(encode, code, options),
    })
  }

  /** The last sentences of a context, as many as the model reads before others. */
  contextOf(context: string, { packTokens }: ResolvedTranslateOptions, languages: LanguageCodes): ContextSentence[] {
    const { sentences } = splitSentences(inOneLine(context), languages.locale ?? this.#locale)
    const read: ContextSentence[] = []
    let left = this.#mostPacked(packTokens)
    for (const text of sentences.toReversed()) {
      const ids = this.#ids.encode(text, 'source', languages)
      left -= ids.length
      if (left < 0) break
      read.unshift({ text, ids })
    }
    return read
  }

  /** The function that finds the places of terms. `source` is a text that may begin with the code of a language. */
  aligning(source: string, adapter?: Adapter): Aligning {
    const tokenizer = this.#tokenizer
    const code = firstLine(tokenizer?.languageCode?.(source) ?? '')
    return {
      decode: (ids) => this.#decode(ids),
      decodeSource: (ids) => present(tokenizer).decodeSource(ids),
      encodeTarget: (words) => present(tokenizer).encodeTarget(words, { special: false }),
      codeLength: code === '' ? 0 : present(tokenizer).encode(code, { special: false }).length,
      attention: (source, target) => this.#forced.crossAttention({ source, target, adapter }),
      score: (source, target) => Array.from(this.#forced.score([{ source, target, adapter }])[0]),
    }
  }

  /** Null if the model has no unknown token. */
  #replacing(languages: LanguageCodes, adapter?: Adapter): Replacing | null {
    const { config } = this.#model
    const { unknown } = config.ids
    if (unknown === null) return null
    const head = config.alignment ?? { layer: config.decoder.layers - 1, head: 0 }
    const tokenizer = this.#tokenizer
    return {
      unknown,
      attention: (source, target) => this.#forced.headAttention({ source, target, adapter }, head),
      own: (source) => [
        config.ids.sourceStart === source[0] ? 1 : 0,
        source.length - (sourceEndOf(config.ids) === source.at(-1) ? 1 : 0),
      ],
      text({ text, source }, found, copied) {
        if (!tokenizer?.decodeTokens) return null
        const tokens = text === undefined ? undefined : tokenizer.tokens?.(text, languages)
        const pieces = tokens?.length === source.length ? tokens : source.map((id) => tokenizer.sourcePiece(id))
        const at = new Map(copied.map((each) => [each.target, pieces[each.source]]))
        return tokenizer.decodeTokens(found.map((id, i) => at.get(i) ?? tokenizer.piece(id)))
      },
    }
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

  #reader(encode: Reader['encode'], code: string, { generation, adapter }: ResolvedTranslateOptions): Reader {
    const { beams, sample, alternatives } = generation
    const tokenizer = present(this.#tokenizer)
    this.#standIns ??= new StandIns(tokenizer)
    return {
      ...this.aligning(code, adapter),
      encode,
      standIns: this.#standIns,
      beams: sample ? 1 : beams,
      alternatives,
    }
  }

  /** The most tokens of a passage: its translation, and stand-ins in it, must fit into the model too. */
  #mostPacked(asked: number | undefined): number {
    return Math.min(asked ?? this.#model.splitTokens, this.#model.config.maxLength >> 1)
  }

  #isToBeSplit(text: string, split: ResolvedTranslateOptions['split']): boolean {
    const { trainedOn, splitTokens } = this.#model
    if (split === 'never') return false
    if (splitsAlways(split, trainedOn)) return true
    return this.#ids.encode(text, 'source').length > splitTokens
  }

  #decode(ids: readonly number[]): string {
    return this.#tokenizer?.decode(ids) ?? ''
  }
}

const NO_TEXT: PlacedText = { text: '', spans: [] }

/** A marked text after its leading language code. */
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
 * The language that a folder names, if the name is a BCP 47 tag. With other names ('fra_Latn'), sentences are split as
 * for any language.
 */
function localeOf(name: string | undefined): string | undefined {
  try {
    return name && Intl.getCanonicalLocales(name)[0]
  } catch {
    return undefined
  }
}

/** The text that ids add to that of a prompt, so that both together are the whole text: a space before the first word belongs to it. */
function continuation(tokenizer: Pick<Tokenizer, 'decode'>, prompt: readonly number[], ids: readonly number[]): string {
  const before = tokenizer.decode(prompt)
  const whole = tokenizer.decode([...prompt, ...ids])
  return whole.startsWith(before) ? whole.slice(before.length) : tokenizer.decode(ids)
}

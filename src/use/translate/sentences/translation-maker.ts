import { present } from '../../../base/present.ts'
import type { TokenPair } from '../../../engine/decode/step/index.ts'
import type { ForcedDecoder } from '../../../engine/decode/teacher-forced.ts'
import type { LoadedModel, TrainedOn } from '../../../files/folders/layout/loaded-model.ts'
import type { MemoryMatch } from '../../../language/memory/index.ts'
import type { PlacedSpan, PlacedText } from '../../../language/protect/span.ts'
import type { Tokenizer } from '../../../language/text/tokenizer/tokenizer.ts'
import { placing } from '../searches/glossary.ts'
import type { SentenceTranslation } from '../searches/sentence-search.ts'
import {
  type Confidence,
  confidenceOf,
  placedWords,
  type SentenceConfidence,
  scoredWords,
} from '../translation/confidence.ts'
import { textOf } from '../translation/sources.ts'
import type { Alternative, SentenceAlignment, SentenceAttention, Translation } from '../translation/translation.ts'
import type { SourceToTranslate } from './engine-sources.ts'

/** A translated sentence: the ids that the model read last, and the translations, best first. */
export interface TranslatedSentence {
  source: readonly number[]
  translations: SentenceTranslation[]
  /** How probably the words of the best translation are right, where it is asked for. */
  confidence?: SentenceConfidence
  /** Whether the sentence stays untranslated. */
  isLeft?: boolean
}

/** Makes translations from the results for the sentences of a source, with the attention if it is asked for. */
export class TranslationMaker {
  readonly #model: LoadedModel
  readonly #tokenizer: Tokenizer | null
  readonly #forced: ForcedDecoder

  constructor(model: LoadedModel, tokenizer: Tokenizer | null, forced: ForcedDecoder) {
    this.#model = model
    this.#tokenizer = tokenizer
    this.#forced = forced
  }

  get trainedOn(): TrainedOn {
    return this.#model.trainedOn
  }

  /**
   * The confidence of a sentence's translation, where it is asked for; a sentence of too little confidence stays as the
   * source has it (`raw`).
   */
  judged(
    { source, translations }: TranslatedSentence,
    raw: string | undefined,
    { confidenceModel: model, minConfidence }: SourceToTranslate['options'],
  ): TranslatedSentence {
    if (!model) return { source, translations }
    const [best] = translations
    const decode = (ids: readonly number[]) => this.#tokenizer?.decode(ids) ?? ''
    const confidence = confidenceOf(model, scoredWords(best.ids, best.scores, decode))
    if (raw === undefined || confidence.score >= minConfidence) return { source, translations, confidence }
    return { source, translations: [{ ...best, text: raw, spans: [] }], confidence, isLeft: true }
  }

  /** The translation of a source whose sentences have been translated; `around` is the text around them. */
  of(
    { source, options: { generation, attention, alignment, glossary, similar, adapter } }: SourceToTranslate,
    around: readonly PlacedText[],
    translated: readonly TranslatedSentence[],
  ): Translation {
    const alternatives = alternativesOf(
      around,
      translated.map(({ translations }) => translations),
    )
    const untranslated = leftIn(around, translated)
    const place = glossary && placing(present(textOf(source)), alternatives[0].spans)
    return {
      ...alternatives[0],
      ...(generation.alternatives > 1 && { alternatives }),
      ...(translated.some(({ confidence }) => confidence) && { confidence: jointConfidence(around, translated) }),
      ...(untranslated.length > 0 && { untranslated }),
      ...(similar && { memory: similarUnits(similar, translated) }),
      ...(alignment && {
        alignment: translated.map(({ source, translations: [best] }) =>
          this.#alignment({ source, target: best.ids, adapter }),
        ),
      }),
      ...(place && {
        glossary: translated.flatMap(
          ({ translations: [best] }) => best.terms?.outcome(this.#tokenizer?.decode(best.ids) ?? '', place) ?? [],
        ),
      }),
      ...(attention && {
        attention: translated.map(({ source, translations: [best] }) =>
          this.#attention({ source, target: best.ids, adapter }),
        ),
      }),
    }
  }

  #attention(pair: TokenPair): SentenceAttention {
    const layers = pair.source.length ? this.#forced.crossAttention(pair) : []
    return { ...this.#tokens(pair), layers }
  }

  #alignment(pair: TokenPair): SentenceAlignment {
    const head = present(this.#model.config.alignment)
    const weights = pair.source.length ? this.#forced.headAttention(pair, head) : new Float32Array(0)
    return { ...this.#tokens(pair), weights }
  }

  #tokens({ source, target }: TokenPair): { source: string[]; target: string[] } {
    const name = (id: number, piece?: (id: number) => string) => piece?.(id) ?? String(id)
    return {
      source: source.map((id) => name(id, this.#tokenizer?.sourcePiece.bind(this.#tokenizer))),
      target: target.map((id) => name(id, this.#tokenizer?.piece.bind(this.#tokenizer))),
    }
  }
}

/** The similar units of a text, the first with the beginning that its translation has given. */
function similarUnits([first, ...others]: readonly MemoryMatch[], translated: readonly TranslatedSentence[]) {
  const begun = translated[0]?.translations[0].begun
  return [{ ...first, ...(begun && { begun }) }, ...others]
}

/** The confidence of all sentences; words of sentences that stay untranslated count, and are not in the text. */
function jointConfidence(around: readonly PlacedText[], translated: readonly TranslatedSentence[]): Confidence {
  const all = translated.flatMap(({ confidence }) => confidence?.words ?? [])
  const words: Confidence['words'] = []
  eachPlaced(around, translated, ({ confidence, isLeft, translations: [{ text }] }, start) => {
    if (confidence && !isLeft) words.push(...placedWords(text, confidence.words, start))
  })
  return { score: all.length ? all.reduce((sum, { score }) => sum + score, 0) / all.length : 1, words }
}

/** Calls `take` with each sentence and its beginning in the text. */
function eachPlaced(
  around: readonly PlacedText[],
  translated: readonly TranslatedSentence[],
  take: (sentence: TranslatedSentence, start: number) => void,
): void {
  let start = around[0].text.length
  translated.forEach((sentence, i) => {
    take(sentence, start)
    start += sentence.translations[0].text.length + around[i + 1].text.length
  })
}

/** The places of the sentences that stay untranslated. */
function leftIn(
  around: readonly PlacedText[],
  translated: readonly TranslatedSentence[],
): { start: number; end: number }[] {
  const places: { start: number; end: number }[] = []
  eachPlaced(around, translated, ({ translations: [{ text }], isLeft }, start) => {
    if (isLeft) places.push({ start, end: start + text.length })
  })
  return places
}

/**
 * Joins the translations of a text's sentences by the text around the sentences (one part more than sentences). The
 * n-th best translations of all sentences make the n-th alternative; there is at least one.
 */
export function alternativesOf(
  around: readonly PlacedText[],
  translations: readonly (readonly SentenceTranslation[])[],
): Alternative[] {
  const count = translations.reduce((most, { length }) => Math.max(most, length), 1)
  return Array.from({ length: count }, (_, rank) => {
    const chosen = translations.map((list) => list[Math.min(rank, list.length - 1)])
    const { text, spans } = joined(around, chosen)
    return {
      text: translations.length || spans.length ? text : '',
      score: chosen.reduce((sum, { score }) => sum + score, 0),
      ids: chosen.flatMap(({ ids }) => ids),
      tokenScores: chosen.flatMap(({ scores }) => scores),
      finishReason:
        (['loop', 'length'] as const).find((why) => chosen.some((each) => each.finishReason === why)) ?? 'end',
      ...(spans.length > 0 && { spans }),
      ...(chosen.length === 1 && chosen[0].copied && { copied: chosen[0].copied }),
    }
  })
}

function joined(around: readonly PlacedText[], sentences: readonly SentenceTranslation[]): PlacedText {
  let text = ''
  const spans: PlacedSpan[] = []
  const append = (part: { text: string; spans: readonly PlacedSpan[] }) => {
    for (const span of part.spans) spans.push({ ...span, start: span.start + text.length, end: span.end + text.length })
    text += part.text
  }
  around.forEach((part, i) => {
    if (i > 0) append(sentences[i - 1])
    append(part)
  })
  return { text, spans }
}

import type { ForcedDecoder } from '../../../engine/decode/forced.ts'
import type { LoadedModel } from '../../../files/folders/loaded-model.ts'
import type { PlacedText } from '../../../language/protect/span.ts'
import type { Tokenizer } from '../../../language/text/tokenizer.ts'
import { textOf } from '../calls/sources.ts'
import type { SentenceAlignment, SentenceAttention, Translation } from '../translation.ts'
import { alternativesOf } from './alternatives.ts'
import type { SourceToTranslate } from './engine-sources.ts'
import { placing } from './glossary.ts'
import type { SentenceTranslation } from './sentence-search.ts'

/** A translated sentence: the ids that the model read last, and the translations, best first. */
export interface TranslatedSentence {
  source: readonly number[]
  translations: SentenceTranslation[]
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

  /** The translation of a source whose sentences have been translated; `around` is the text around them. */
  of(
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
          ({ translations: [best] }) => best.terms?.outcome(this.#tokenizer?.decode(best.ids) ?? '', place) ?? [],
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
}

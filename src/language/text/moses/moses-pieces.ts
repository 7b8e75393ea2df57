import { MosesText } from './moses-text.ts'
import { MosesWords } from './moses-words.ts'
import { normalPunctuation } from './punctuation.ts'
import { JOINER, type SubwordCodes } from './subword-codes.ts'

/** Texts of one language as pieces: Moses' punctuation and tokens, cut by the codes of subword-nmt. */
export class MosesPieces {
  readonly #codes: SubwordCodes
  readonly #language: string
  readonly #words: MosesWords
  readonly #text: MosesText

  constructor(codes: SubwordCodes, language: string) {
    this.#codes = codes
    this.#language = language
    this.#words = new MosesWords(language)
    this.#text = new MosesText(language)
  }

  encodePieces(text: string): string[] {
    return this.#words.cut(normalPunctuation(text, this.#language)).flatMap((word) => this.#codes.cut(word))
  }

  decodePieces(tokens: readonly string[]): string {
    return this.#text.join(tokens.join(' ').replaceAll(`${JOINER} `, '').split(' '))
  }
}

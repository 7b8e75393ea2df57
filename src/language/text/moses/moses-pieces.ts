import { MosesText } from './moses-text.ts'
import { MosesWords } from './moses-words.ts'
import { JOINER, type SubwordCodes } from './subword-codes.ts'

type Rule = readonly [pattern: RegExp, by: string]

const parentheses: readonly Rule[] = [
  [/\r/g, ''],
  [/\(/g, ' ('],
  [/\)/g, ') '],
  [/ +/g, ' '],
  [/\) (?=[.!:?;,])/g, ')'],
  [/\( /g, '('],
  [/ \)/g, ')'],
  [/(?<=\p{Nd}) %/gu, '%'],
  [/ (?=[:;])/g, ''],
]

const quotes: readonly Rule[] = [
  [/`/g, "'"],
  [/''/g, ' " '],
  [/[„“”]/g, '"'],
  [/–/g, '-'],
  [/—/g, ' - '],
  [/ +/g, ' '],
  [/[´‘‚’]/g, "'"],
  [/''/g, '"'],
  [/…/g, '...'],
  [/\u00a0«\u00a0|«\u00a0?/g, '"'],
  [/\u00a0»\u00a0|\u00a0?»/g, '"'],
]

const hardSpaces: readonly Rule[] = [
  [/\u00a0(?=[%:?!;])/g, ''],
  [/(?<=nº|,)\u00a0|\u00a0(?=ºC|cm)/g, ' '],
  [/ +/g, ' '],
]

/** Quotation marks and commas change places: English has the comma within. */
const inside: readonly Rule[] = [[/"([,.]+)/g, '$1"']]
const outside: readonly Rule[] = [
  [/,"/g, '",'],
  [/(\.+)"(\s*[^<])/gu, '"$1$2'],
]

/** The punctuation of a text in the one spelling that Moses' normalizer has for it. */
export function normalPunctuation(text: string, language: string): string {
  const commas = language === 'en' ? inside : ['de', 'es', 'fr'].includes(language) ? outside : []
  const decimal = ['de', 'es', 'cz', 'cs', 'fr'].includes(language) ? ',' : '.'
  const numbers: Rule = [/(\p{Nd})\u00a0(\p{Nd})/gu, `$1${decimal}$2`]
  return [...parentheses, ...quotes, ...hardSpaces, ...commas, numbers]
    .reduce((result, [pattern, by]) => result.replace(pattern, by), text)
    .trim()
}

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

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

/** Wide punctuation marks and digits, and the characters in their place (Moses' replace-unicode-punctuation). */
const wide: ReadonlyMap<string, string> = new Map([
  ...pairs('，、”“∶：？《》）！（；」「～’━〈〉【】％', `,,""::?"")!(;""~'-<>[]%`),
  ...pairs('０１２３４５６７８９', '0123456789'),
  ['…', '...'],
])

function pairs(from: string, to: string): [string, string][] {
  const made = Array.from(to)
  return Array.from(from, (character, i) => [character, made[i]])
}

/** A text as fairseq prepares it for Moses: wide punctuation is replaced, before and behind Moses' own; controls are left out. */
const prepared = (text: string, language: string): string =>
  normalPunctuation(
    Array.from(text.replace(/[。．]\s*/g, '. '), (character) => wide.get(character) ?? character).join(''),
    language,
  ).replace(/\p{C}/gu, '')

/** Texts of one language as pieces: Moses' punctuation and tokens, cut by the codes of subword-nmt. */
export class MosesPieces {
  readonly #codes: SubwordCodes
  readonly #language: string
  readonly #words: MosesWords
  readonly #text: MosesText

  readonly #fairseq: boolean

  /** `fairseq`: texts are prepared, and their dashes cut, as in fairseq's translation models. */
  constructor(codes: SubwordCodes, language: string, fairseq = false) {
    this.#fairseq = fairseq
    this.#codes = codes
    this.#language = language
    this.#words = new MosesWords(language, fairseq)
    this.#text = new MosesText(language)
  }

  encodePieces(text: string): string[] {
    const normal = this.#fairseq ? prepared : normalPunctuation
    return this.#words.cut(normal(text, this.#language)).flatMap((word) => this.#codes.cut(word))
  }

  decodePieces(tokens: readonly string[]): string {
    const line = tokens.join(' ').replaceAll(`${JOINER} `, '')
    // fairseq's last piece may be one that another should follow.
    return this.#text.join((this.#fairseq && line.endsWith(JOINER) ? line.slice(0, -JOINER.length) : line).split(' '))
  }
}

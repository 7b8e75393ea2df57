import { lazyPattern } from '../../../base/values/lazy-pattern.ts'
import { type Letters, lettersOf, unescaped } from './letters.ts'
import { MosesWords } from './moses-words.ts'
import { JOINER, type SubwordCodes } from './subword-codes.ts'

const currency = lazyPattern(String.raw`^[\p{Sc}([{¿¡]+$`, 'u')
const mark = /^[,.?!:;\\%}\])]+$/
const quote = /^['"„“`]+$/
const eastern =
  /^[\u1100-\u11ff\u2e80-\ua4cf\ua840-\ua87f\uac00-\ud7af\uf900-\ufaff\ufe30-\ufe4f\uff65-\uffdc\u{16fe0}-\u{187ff}\u{18800}-\u{18aff}\u{1b000}-\u{1b12f}\u{1b170}-\u{1b2ff}\u{20000}-\u{2ffff}]$/u

/** Whether a token is written against the one before, and the next against it. */
interface Joints {
  before: boolean
  after: boolean
}

/** Joins Moses' tokens to a text of one language. */
export class MosesText {
  readonly #language: string
  readonly #contraction: RegExp
  readonly #elision: RegExp
  readonly #letterFirst: RegExp

  constructor(language: string) {
    const { letter }: Letters = lettersOf(language)
    this.#language = language
    this.#contraction = new RegExp(`^'${letter}`, 'v')
    this.#elision = new RegExp(`${letter}'$`, 'v')
    this.#letterFirst = new RegExp(`^${letter}`, 'v')
  }

  join(tokens: readonly string[]): string {
    const line = ` ${tokens.join(' ')} `.replaceAll(' @-@ ', '-')
    const words = unescaped(line)
      .split(/\s+/)
      .filter((word) => word !== '')
    const open = new Map<string, boolean>()
    let text = ''
    let isOpen = true
    words.forEach((word, at) => {
      const { before, after } = this.#joints(words, at, open)
      const isApart = this.#language === 'fr' && mark.test(word) && /^[?!:;\\%]$/.test(word)
      text += (before || isOpen ? '' : ' ') + (isApart ? ' ' : '') + word
      isOpen = after
    })
    return text.replace(/ {2,}/g, ' ').trim()
  }

  #joints(words: readonly string[], at: number, open: Map<string, boolean>): Joints {
    const word = words[at]
    const [previous, next] = [words[at - 1] ?? '', words[at + 1] ?? '']
    if (this.#language !== 'ko' && eastern.test([...word][0]))
      return { before: eastern.test([...previous].at(-1) ?? ''), after: false }
    if (currency().test(word)) return { before: false, after: true }
    if (mark.test(word)) return { before: true, after: false }
    if (this.#language === 'en' && at > 0 && this.#contraction.test(word)) return { before: true, after: false }
    const elides = ['fr', 'it', 'ga'].includes(this.#language)
    if (elides && this.#elision.test(word) && this.#letterFirst.test(next)) return { before: false, after: true }
    return quote.test(word) ? this.#ofQuote(word, previous, open) : { before: false, after: false }
  }

  /** Every second quotation mark closes. */
  #ofQuote(word: string, previous: string, open: Map<string, boolean>): Joints {
    const kind = /^[„“]+$/.test(word) ? '"' : word
    if (this.#language === 'cs' && /^[„“]$/.test(word)) open.set(kind, word === '“')
    const closes = open.get(kind) ?? false
    // The houses of the Joneses: an apostrophe after an s.
    if (!closes && this.#language === 'en' && word === "'" && previous.endsWith('s'))
      return { before: true, after: false }
    open.set(kind, !closes)
    return { before: closes, after: !closes }
  }
}

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

/** A text as fairseq prepares it for Moses: wide punctuation is replaced, before and after Moses' own; controls are left out. */
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

import { lazyPattern } from '../../../base/values/lazy-pattern.ts'
import { unescaped } from './escapes.ts'
import { type Letters, lettersOf } from './letters.ts'

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
    // The houses of the Joneses: an apostrophe behind an s.
    if (!closes && this.#language === 'en' && word === "'" && previous.endsWith('s'))
      return { before: true, after: false }
    open.set(kind, !closes)
    return { before: closes, after: !closes }
  }
}

import type { FoundSpan } from './found.ts'

/** Which characters a vocabulary can say; it is asked once about each. */
export class KnownCharacters {
  readonly #isKnown: (character: string) => boolean
  /** Of each code point of the first plane: 0 not asked yet, 1 known, 2 unknown. */
  readonly #first = new Uint8Array(0x10000)
  readonly #others = new Map<number, boolean>()

  constructor(isKnown: (character: string) => boolean) {
    this.#isKnown = isKnown
    this.#first.fill(1, 0, 0x21) // white space and controls are no characters to be said
    for (const character of ASSUMED) this.#first[character.charCodeAt(0)] = 1
  }

  /** Whether a text has characters that the vocabulary cannot say. */
  lacks(text: string): boolean {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (this.#first[code] === 1) continue
      if (!this.#has(text.codePointAt(i)!)) return true
    }
    return false
  }

  /** The text with the typewriter's form of typographic marks that the vocabulary lacks: ' for ’. No character changes its place. */
  readable(text: string): string {
    return text.replace(TYPOGRAPHIC, (mark) => {
      const plain = TYPEWRITTEN[mark]
      return this.lacks(mark) && !this.lacks(plain) ? plain : mark
    })
  }

  /**
   * The units of what the vocabulary cannot say: words with such letters as a whole, to be copied; and runs of other characters (emoji), which
   * are not read.
   */
  spans(text: string): FoundSpan[] {
    const spans: FoundSpan[] = []
    for (const { 0: found, index: start } of text.matchAll(RUNS)) {
      if (!this.lacks(found)) continue
      if (LETTER.test(found)) spans.push({ start, end: start + found.length, kind: 'copy' })
      else this.#symbols(found, start, spans)
    }
    return spans
  }

  /** The runs of unknown characters among symbols. */
  #symbols(text: string, start: number, spans: FoundSpan[]): void {
    for (const { segment, index } of graphemes.segment(text)) {
      if (!this.lacks(segment)) continue
      const last = spans.at(-1)
      if (last?.kind === 'mark' && last.end === start + index) last.end += segment.length
      else spans.push({ start: start + index, end: start + index + segment.length, kind: 'mark' })
    }
  }

  #has(code: number): boolean {
    const isFirst = code < 0x10000
    const told = isFirst ? this.#first[code] : this.#others.get(code)
    if (typeof told === 'boolean') return told
    if (told) return told === 1
    const isKnown = (code >= 0xd800 && code < 0xe000) || this.#isKnown(String.fromCodePoint(code))
    if (isFirst) this.#first[code] = isKnown ? 1 : 2
    else this.#others.set(code, isKnown)
    return isKnown
  }
}

/** What every vocabulary of Latin script has. In other vocabularies it is left to the model. */
const ASSUMED = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,!?'

const TYPEWRITTEN: Readonly<Record<string, string>> = Object.fromEntries(
  ["'’‘ʼ‛′´`＇", '"“”„‟«»″', '-–—‐‑‒―−', '.…', '<‹', '>›', '*•'].flatMap(([plain, ...marks]) =>
    marks.map((mark) => [mark, plain]),
  ),
)
const TYPOGRAPHIC = new RegExp(`[${Object.keys(TYPEWRITTEN).join('')}]`, 'g')

/** Words of letters and digits, and runs of all else but white space. */
const RUNS = /[\p{L}\p{N}\p{M}]+|[^\p{L}\p{N}\p{M}\s]+/gu
const LETTER = /[\p{L}\p{N}]/u
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

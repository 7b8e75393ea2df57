import { onFirstUse } from '../../base/limits.ts'
import { lazyPattern } from '../../base/values/lazy-pattern.ts'
import type { FoundSpan } from './found.ts'

/**
 * The characters that a vocabulary contains; each is looked up once. A capital counts as its small letter, where only
 * the small letter is known.
 */
export class KnownCharacters {
  readonly #isKnown: (character: string) => boolean
  /**
   * State of each code point of the first plane: 0 not looked up yet, 1 known, 2 unknown, 3 a capital whose small
   * letter is known.
   */
  readonly #first = new Uint8Array(0x10000)
  readonly #others = new Map<number, boolean>()

  constructor(isKnown: (character: string) => boolean) {
    this.#isKnown = isKnown
    this.#first.fill(KNOWN, 0, 0x21) // white space and controls need no piece
    for (const character of ASSUMED) this.#first[character.charCodeAt(0)] = KNOWN
  }

  /** Whether a text has characters that the vocabulary lacks. */
  lacks(text: string): boolean {
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i)
      if (this.#first[code] === KNOWN) continue
      // biome-ignore lint/style/noNonNullAssertion: the place is within the text
      if (!this.#has(text.codePointAt(i)!)) return true
    }
    return false
  }

  /**
   * The text with the ASCII form of typographic marks that the vocabulary lacks: ' for ’. All characters keep their
   * positions.
   */
  readable(text: string): string {
    return text.replace(TYPOGRAPHIC, (mark) => {
      const plain = TYPEWRITTEN[mark]
      return this.lacks(mark) && !this.lacks(plain) ? plain : mark
    })
  }

  /**
   * The text with the small letter for each capital that the vocabulary lacks and whose small letter it has: “île” for
   * “Île”.
   */
  spelled(text: string): string {
    for (let i = 0; i < text.length; i++)
      if (this.#isOnlySmall(text.charCodeAt(i)))
        return text.replace(CAPITALS(), (letter) =>
          this.#isOnlySmall(letter.charCodeAt(0)) ? letter.toLowerCase() : letter,
        )
    return text
  }

  /** Whether a character is a capital that the vocabulary lacks, and whose small letter it has. */
  #isOnlySmall(code: number): boolean {
    return (this.#first[code] || this.#ask(code)) === ONLY_SMALL
  }

  /**
   * The spans of unknown characters: words with such letters are copied whole, and runs of other characters (emoji) are
   * not read.
   */
  spans(text: string): FoundSpan[] {
    const spans: FoundSpan[] = []
    for (const { 0: found, index: start } of text.matchAll(RUNS())) {
      if (!this.lacks(found)) continue
      if (LETTER().test(found)) spans.push({ start, end: start + found.length, kind: 'copy' })
      else this.#symbols(found, start, spans)
    }
    return spans
  }

  /** The runs of unknown characters among symbols. */
  #symbols(text: string, start: number, spans: FoundSpan[]): void {
    for (const { segment, index } of graphemes().segment(text)) {
      if (!this.lacks(segment)) continue
      const last = spans.at(-1)
      if (last?.kind === 'mark' && last.end === start + index) last.end += segment.length
      else spans.push({ start: start + index, end: start + index + segment.length, kind: 'mark' })
    }
  }

  #has(code: number): boolean {
    if (code < 0x10000) return (this.#first[code] || this.#ask(code)) !== UNKNOWN
    let isKnown = this.#others.get(code)
    isKnown ??= this.#isKnown(String.fromCodePoint(code))
    this.#others.set(code, isKnown)
    return isKnown
  }

  #ask(code: number): number {
    const character = String.fromCharCode(code)
    const small = character.toLowerCase()
    const isKnown = (code >= 0xd800 && code < 0xe000) || this.#isKnown(character)
    const isOnlySmall = !isKnown && small !== character && small.length === 1 && this.#isKnown(small)
    this.#first[code] = isKnown ? KNOWN : isOnlySmall ? ONLY_SMALL : UNKNOWN
    return this.#first[code]
  }
}

/**
 * The Latin script, which every vocabulary is expected to have. Vocabularies of other scripts are not checked for it.
 */
const ASSUMED = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.,!?'

const TYPEWRITTEN: Readonly<Record<string, string>> = Object.fromEntries(
  ["'’‘ʼ‛′´`＇", '"“”„‟«»″', '-–—‐‑‒―−', '.…', '<‹', '>›', '*•'].flatMap(([plain, ...marks]) =>
    marks.map((mark) => [mark, plain]),
  ),
)
const TYPOGRAPHIC = new RegExp(`[${Object.keys(TYPEWRITTEN).join('')}]`, 'g')

const [KNOWN, UNKNOWN, ONLY_SMALL] = [1, 2, 3]
const CAPITALS = lazyPattern(String.raw`\p{Lu}`, 'gu')
/**
 * Words of letters and digits, and runs of all other characters except white space; runs are short, because V8's time
 * is quadratic in the length of a run.
 */
const RUNS = lazyPattern(String.raw`[\p{L}\p{N}\p{M}]+|[^\p{L}\p{N}\p{M}\s]{1,1024}`, 'gu')
const LETTER = lazyPattern(String.raw`[\p{L}\p{N}]`, 'u')
const graphemes = onFirstUse(() => new Intl.Segmenter('en', { granularity: 'grapheme' }))

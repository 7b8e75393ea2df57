import { protectedPatterns } from '../protect/protected-patterns.ts'
import type { Span } from '../protect/span.ts'
import type { NumberLanguages } from '../protect/written-numbers.ts'

/** A text beside its translation, with the names of inline tags that the texts leave out. */
export interface CheckedPair {
  source: string
  target: string
  tags?: { source: readonly string[]; target: readonly string[] }
}

/** The languages of a pair, and its terms. */
export interface CheckContext {
  languages: NumberLanguages
  /** Terms with the translations that they may have. */
  terms: readonly (readonly [term: string, targets: readonly string[]])[]
}

/** A text with its addresses, placeholders and tags. */
export class CodedText {
  readonly text: string
  readonly codes: readonly Span[]
  #plain: string | null = null

  constructor(text: string) {
    this.text = text
    this.codes = protectedPatterns(text)
  }

  /** The text with a sign for each character of its codes, whose digits and letters are no numbers and words. */
  get plain(): string {
    this.#plain ??= this.codes.reduce((rest, { start, end }) => blanked(rest, start, end - start), this.text)
    return this.#plain
  }
}

/** A text with signs in place of some characters. */
export const blanked = (text: string, at: number, length: number): string =>
  text.slice(0, at) + '#'.repeat(length) + text.slice(at + length)

/** A pair whose codes have been looked for. */
export interface CodedPair {
  source: CodedText
  target: CodedText
}

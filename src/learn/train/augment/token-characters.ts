import { placeholder } from '../../../language/text/tokenizer/placeholders.ts'
import type { Pair } from '../pairs/corpus.ts'
import { UNNUMBERED } from './copied-tokens.ts'

const FIRST = 0xe000
const MOST = 64
const TOKEN_CHARACTER = /[\ue000-\ue03f]/g

/** Whether a text contains the private characters that are used for tokens here. */
export const hasTokenCharacters = (text: string): boolean => text.search(TOKEN_CHARACTER) >= 0

/**
 * Tokens that are represented in a pair by one private character each, so that changes of letters do not affect them.
 */
export class TokenCharacters {
  readonly #texts: string[] = []

  /** The number of placeholders. */
  get placeholders(): number {
    return this.#texts.filter((text) => text === UNNUMBERED).length
  }

  /** The characters that represent these texts; null if there are too many. */
  add(texts: readonly string[]): string[] | null {
    if (this.#texts.length + texts.length > MOST) return null
    return texts.map((text) => String.fromCharCode(FIRST + this.#texts.push(text) - 1))
  }

  /**
   * The pair with the texts in place of the characters. Placeholders are numbered from 1 in the order of the source.
   */
  replaced({ source, target }: Pair): Pair {
    if (!this.#texts.length) return { source, target }
    const numbered = [...this.#texts]
    let number = 0
    const textOf = (character: string) => {
      const at = character.charCodeAt(0) - FIRST
      if (numbered[at] === UNNUMBERED) numbered[at] = placeholder(++number)
      return numbered[at]
    }
    return { source: source.replace(TOKEN_CHARACTER, textOf), target: target.replace(TOKEN_CHARACTER, textOf) }
  }
}

import { placeholder } from '../../../language/text/placeholders.ts'
import type { Pair } from '../data/corpus.ts'
import { UNNUMBERED } from './copied-tokens.ts'

const FIRST = 0xe000
const MOST = 64
const STAND_IN = /[\ue000-\ue03f]/g

/** Whether a text has characters that stand for tokens here. */
export const hasStandIns = (text: string): boolean => text.search(STAND_IN) >= 0

/** Tokens that are in a pair as one private character each, so that nothing that happens to letters happens to them. */
export class StandIns {
  readonly #texts: string[] = []

  /** How many placeholders there are. */
  get placeholders(): number {
    return this.#texts.filter((text) => text === UNNUMBERED).length
  }

  /** The characters that stand for these texts; null where there are too many. */
  add(texts: readonly string[]): string[] | null {
    if (this.#texts.length + texts.length > MOST) return null
    return texts.map((text) => String.fromCharCode(FIRST + this.#texts.push(text) - 1))
  }

  /** The pair with the texts in place of the characters. Placeholders are numbered from 1 as they stand in the source. */
  replaced({ source, target }: Pair): Pair {
    if (!this.#texts.length) return { source, target }
    const numbered = [...this.#texts]
    let number = 0
    const textOf = (character: string) => {
      const at = character.charCodeAt(0) - FIRST
      if (numbered[at] === UNNUMBERED) numbered[at] = placeholder(++number)
      return numbered[at]
    }
    return { source: source.replace(STAND_IN, textOf), target: target.replace(STAND_IN, textOf) }
  }
}

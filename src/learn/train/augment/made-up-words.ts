import type { Random } from '../state/random.ts'

/** Order of the Markov chain: the number of characters on which the next character depends. */
const CONTEXT = 3
const BEGIN = '\u0002'
const END = '\u0003'
const LEAST = 3
const MOST = 12
const TRIES = 20

/** Makes up words that look like others, by a Markov chain over their characters (Shannon 1948). */
export class MadeUpWords {
  /** The characters that followed three others, one entry for each time. */
  readonly #next = new Map<string, string[]>()

  constructor(words: Iterable<string>) {
    for (const word of words) {
      let before = BEGIN.repeat(CONTEXT)
      for (const character of [...word, END]) {
        const next = this.#next.get(before)
        if (next) next.push(character)
        else this.#next.set(before, [character])
        before = [...before, character].slice(-CONTEXT).join('')
      }
    }
  }

  /** A word of 3 to 12 characters; '' if there were no words to learn from. */
  word(random: Random): string {
    for (let left = TRIES; left > 0; left--) {
      const word = this.#draw(random)
      if (word.length >= LEAST) return word
    }
    return ''
  }

  #draw(random: Random): string {
    let before = BEGIN.repeat(CONTEXT)
    let word = ''
    for (let length = 0; length < MOST; length++) {
      const next = this.#next.get(before)
      if (!next) return ''
      const character = next[random.below(next.length)]
      if (character === END) break
      word += character
      before = [...before, character].slice(-CONTEXT).join('')
    }
    return word
  }
}

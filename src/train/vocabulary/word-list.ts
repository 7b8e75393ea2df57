import { GlassformerError } from '../../errors.ts'
import { BoundedCounts } from './bounded-counts.ts'
import { compare } from './units.ts'

export interface WordListOptions {
  /** Words in all, special ones included; default: every word. */
  size?: number
  /** Words that occur less often are unknown; default 1. */
  leastCount?: number
}

/** The words that every list begins with; `<pad>` is the last of the list, as in the vocabularies of Marian models. */
const END = '</s>'
const UNKNOWN = '<unk>'
const PADDING = '<pad>'

/**
 * Collects the words of texts that are segmented already (by white space), for createWordsTokenizer: `</s>` 0, `<unk>` 1, the
 * words from the most frequent on (equal ones in the order of their code points), `<pad>` last.
 */
export class WordListTrainer {
  readonly #options: Required<WordListOptions>
  readonly #counts = new BoundedCounts()

  /** Throws ERR_OPTION. */
  constructor({ size = Number.MAX_SAFE_INTEGER, leastCount = 1 }: WordListOptions = {}) {
    for (const [name, value] of Object.entries({ size, leastCount }))
      if (!Number.isSafeInteger(value) || value < 1)
        throw new GlassformerError('ERR_OPTION', `${name}: a positive integer was expected, not ${value}`)
    if (size < 4)
      throw new GlassformerError('ERR_OPTION', `size: ${size} leaves no room for a word beside </s>, <unk> and <pad>`)
    this.#options = { size, leastCount }
  }

  add(text: string): void {
    for (const word of text.split(/\s+/)) if (word !== '') this.#counts.add(word)
  }

  /** The list: one word a line, its id the number of the line. */
  train(): string {
    const { size, leastCount } = this.#options
    const special = [END, UNKNOWN, PADDING]
    const words = [...this.#counts.words].filter(([word, count]) => count >= leastCount && !special.includes(word))
    if (words.length === 0)
      throw new GlassformerError('ERR_INPUT', 'a word list was to be made, but the texts have no words')
    words.sort((a, b) => b[1] - a[1] || compare(a[0], b[0]))
    return `${[END, UNKNOWN, ...words.slice(0, size - 3).map(([word]) => word), PADDING].join('\n')}\n`
  }
}

import { GlassformerError } from '../../../base/errors.ts'
import type { TokenizerContents } from '../../../files/folders/tokenizers/tokenizer-files.ts'
import { compare } from './units.ts'

/**
 * The largest number of different words: beyond it, the rarest words are dropped, so that a table cannot fill the
 * memory.
 */
const MOST_WORDS = 4_000_000

/** Counts each word's occurrences in bounded memory. */
export class BoundedCounts {
  readonly words = new Map<string, number>()
  readonly #mostWords: number

  constructor(mostWords = MOST_WORDS) {
    this.#mostWords = mostWords
  }

  add(word: string): void {
    this.words.set(word, (this.words.get(word) ?? 0) + 1)
    if (this.words.size > this.#mostWords) this.#forget()
  }

  /** Halves the table. Dropped words are too rare for any vocabulary. */
  #forget(): void {
    for (let least = 1; this.words.size > this.#mostWords / 2; least *= 2)
      for (const [word, count] of this.words) if (count <= least) this.words.delete(word)
  }
}

/**
 * The words with which every list begins; `<pad>` is the last word of a list, as in the vocabularies of Marian models.
 */
const END = '</s>'
const UNKNOWN = '<unk>'
const PADDING = '<pad>'

/**
 * Collects the words of texts that white space separates already, for createWordsTokenizer. The ids are `</s>` 0,
 * `<unk>` 1, then the words, most frequent first (equally frequent words in the order of their code points), and
 * `<pad>` last.
 */
export class WordListTrainer {
  readonly #size: number
  readonly #counts = new BoundedCounts()

  /** `size` is the number of words, special ones included. Throws ERR_OPTION for a size without room for a word. */
  constructor(size: number) {
    if (size < 4)
      throw new GlassformerError('ERR_OPTION', `size: ${size} leaves no room for a word beside </s>, <unk> and <pad>`)
    this.#size = size
  }

  add(text: string): void {
    for (const word of text.split(/\s+/)) if (word !== '') this.#counts.add(word)
  }

  /** The list, with one word per line; the id of a word is the number of its line. */
  train(): string {
    const special = [END, UNKNOWN, PADDING]
    const words = [...this.#counts.words].filter(([word]) => !special.includes(word))
    if (words.length === 0)
      throw new GlassformerError('ERR_INPUT', 'a word list was to be made, but the texts have no words')
    words.sort((a, b) => b[1] - a[1] || compare(a[0], b[0]))
    return `${[END, UNKNOWN, ...words.slice(0, this.#size - 3).map(([word]) => word), PADDING].join('\n')}\n`
  }
}

export interface WordsVocabularyOptions {
  /** The number of words of each list, special ones included. */
  size: number
  /** One list for both languages, or one for each. */
  sharing: 'joint' | 'separate'
  /**
   * The suffix of a word that continues in the next word, for instance `@@`; it is removed from the output. Default:
   * there is none.
   */
  joiner?: string
}

/** Makes word lists from sentence pairs that are already segmented: add all pairs, then call `train`. */
export class WordsVocabularyTrainer {
  readonly #joiner: string | undefined
  readonly #source: WordListTrainer
  readonly #target: WordListTrainer

  /** Throws ERR_OPTION. */
  constructor({ size, sharing, joiner }: WordsVocabularyOptions) {
    this.#joiner = joiner
    this.#source = new WordListTrainer(size)
    this.#target = sharing === 'joint' ? this.#source : new WordListTrainer(size)
  }

  add({ source, target }: { source: string; target: string }): void {
    this.#source.add(source)
    this.#target.add(target)
  }

  train(): TokenizerContents & { kind: 'words' } {
    return {
      kind: 'words',
      source: this.#source.train(),
      ...(this.#target === this.#source ? {} : { target: this.#target.train() }),
      ...(this.#joiner === undefined ? {} : { joiner: this.#joiner }),
    }
  }
}

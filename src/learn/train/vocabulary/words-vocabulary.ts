import type { TokenizerContents } from '../../../files/folders/tokenizers/tokenizer-files.ts'
import { WordListTrainer } from './word-list.ts'

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

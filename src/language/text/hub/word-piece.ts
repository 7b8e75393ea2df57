import type { Spec } from './spec.ts'
import type { Cut } from './vocabulary.ts'
import { readVocabulary, type Vocabulary } from './vocabulary.ts'

/**
 * WordPiece as in the tokenizers library (Wu et al. 2016; BERT): the longest piece from the left, again and again; a word that cannot be cut so is
 * one unknown token, and so is a word that is too long.
 */
export class WordPiece implements Cut {
  readonly vocabulary: Vocabulary
  readonly unknown: number
  readonly #prefix: string
  readonly #longestWord: number
  /** The longest piece in code units, which bounds the search. */
  readonly #longestPiece: number

  constructor(spec: Spec) {
    this.vocabulary = readVocabulary(Object.entries(spec.object('vocab')), spec)
    this.#prefix = spec.text('continuing_subword_prefix', '##')
    this.#longestWord = spec.natural('max_input_chars_per_word', 100)
    const unknown = this.vocabulary.ids.get(spec.text('unk_token', '[UNK]'))
    if (unknown === undefined) throw spec.wrong('unk_token', 'a token of the vocabulary')
    this.unknown = unknown
    this.#longestPiece = this.vocabulary.tokens.reduce((most, token) => Math.max(most, token?.length ?? 0), 0)
  }

  spelling(id: number): string {
    const token = this.vocabulary.tokens[id] ?? ''
    return token.startsWith(this.#prefix) ? token.slice(this.#prefix.length) : token
  }

  idsOf(word: string): number[] {
    if (word.length > this.#longestWord && Array.from(word).length > this.#longestWord) return [this.unknown]
    const ids: number[] = []
    for (let begin = 0; begin < word.length; ) {
      const prefix = begin > 0 ? this.#prefix : ''
      let end = Math.min(word.length, begin + this.#longestPiece)
      let id: number | undefined
      for (; end > begin; end--) {
        id = this.vocabulary.ids.get(prefix + word.slice(begin, end))
        if (id !== undefined) break
      }
      if (id === undefined) return [this.unknown]
      ids.push(id)
      begin = end
    }
    return ids
  }
}

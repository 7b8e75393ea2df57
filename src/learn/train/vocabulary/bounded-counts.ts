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

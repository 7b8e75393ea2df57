import type { Pair } from '../data/corpus.ts'

/** The pairs at the beginning of a corpus by which its words are known: reading a large corpus once more would take long. */
const FIRST = 200_000

const WORD = /\p{L}[\p{L}\p{M}]*/gu

/** How often the words of one language were written in lower case, and with a capital within a sentence. */
class CaseCounts {
  readonly lower = new Map<string, number>()
  readonly #capital = new Map<string, number>()

  /** Counts the words of a text; gives those that begin with a capital. */
  add(text: string): string[] {
    const capitalized: string[] = []
    let isFirst = true
    for (const [word] of text.matchAll(WORD)) {
      const lower = word.toLowerCase()
      if (word === lower) count(this.lower, lower)
      else {
        capitalized.push(word)
        if (!isFirst) count(this.#capital, lower)
      }
      isFirst = false
    }
    return capitalized
  }

  isLower(word: string): boolean {
    const lower = word.toLowerCase()
    return (this.lower.get(lower) ?? 0) > (this.#capital.get(lower) ?? 0)
  }
}

const count = (counts: Map<string, number>, word: string) => counts.set(word, (counts.get(word) ?? 0) + 1)

/** What a corpus says about its words: which are names, and which begin with a capital only where a sentence begins. */
export class CorpusWords {
  readonly #source = new CaseCounts()
  readonly #target = new CaseCounts()
  /** Words with a capital that stood on both sides of a pair. */
  readonly #shared = new Map<string, number>()

  static async of(pairs: AsyncIterable<Pair>): Promise<CorpusWords> {
    const words = new CorpusWords()
    let left = FIRST
    for await (const pair of pairs) {
      words.#add(pair)
      if (--left === 0) break
    }
    return words
  }

  #add({ source, target }: Pair): void {
    const capitalized = this.#target.add(target)
    for (const word of this.#source.add(source))
      if (word.length > 1 && capitalized.includes(word)) count(this.#shared, word)
  }

  /** Whether a word that stands on both sides with a capital is a name: neither language writes it in lower case more often. */
  isName(word: string): boolean {
    const shared = this.#shared.get(word) ?? 0
    const lower = word.toLowerCase()
    return (this.#source.lower.get(lower) ?? 0) <= shared && (this.#target.lower.get(lower) ?? 0) <= shared
  }

  /** Whether the target language writes a word in lower case within sentences. */
  isLowerInTargets(word: string): boolean {
    return this.#target.isLower(word)
  }

  /** Whether the source language writes a word in lower case within sentences. */
  isLowerInSources(word: string): boolean {
    return this.#source.isLower(word)
  }

  /** The names of the corpus, each once. */
  names(): string[] {
    return [...this.#shared.keys()].filter((word) => this.isName(word))
  }

  /** The words of the source language in lower case, the most frequent first. */
  sourceWords(most: number): string[] {
    const words = [...this.#source.lower].filter(([word]) => word.length > 3)
    return words
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .slice(0, most)
      .map(([word]) => word)
  }
}

import type { Pair } from '../pairs/corpus.ts'
import type { Slot } from './slot.ts'
import { WordPairs } from './word-pairs.ts'

/**
 * The number of pairs at the beginning of a corpus from which its words are learned: reading a whole large corpus once
 * more would take long.
 */
const FIRST = 200_000

const WORD = /\p{L}[\p{L}\p{M}]*/gu

/** Counts of each word of one language: written in lower case, and capitalized within a sentence. */
class CaseCounts {
  readonly lower = new Map<string, number>()
  readonly #capital = new Map<string, number>()

  /** Counts the words of a text; `lower` holds the same words in lower case. */
  add(words: readonly string[], lower: readonly string[]): void {
    for (const [k, word] of words.entries())
      if (word === lower[k]) count(this.lower, word)
      else if (k > 0) count(this.#capital, lower[k])
  }

  isLower(word: string): boolean {
    const lower = word.toLowerCase()
    return (this.lower.get(lower) ?? 0) > (this.#capital.get(lower) ?? 0)
  }
}

const count = (counts: Map<string, number>, word: string) => counts.set(word, (counts.get(word) ?? 0) + 1)

const isJoined = (text: string, at: number, word: string) =>
  JOINT.test(text[at - 1] ?? '') || JOINT.test(text[at + word.length] ?? '')

const wordsOf = (text: string): string[] => text.match(WORD) ?? []
const lowered = (words: readonly string[]) => words.map((word) => word.toLowerCase())

/** Shortest length of a content word. */
const LEAST = 4
/** Separators of clitics: j', -moi. */
const JOINT = /['’-]/

/**
 * Word statistics of a corpus: names, words that are capitalized only at the beginning of a sentence, and words that
 * translate each other.
 */
export class CorpusWords {
  readonly #source = new CaseCounts()
  readonly #target = new CaseCounts()
  /** Words that stood capitalized on both sides of a pair. */
  readonly #shared = new Map<string, number>()
  readonly #pairs = new WordPairs()

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
    const sources = wordsOf(source)
    const targets = wordsOf(target)
    const [lowerSources, lowerTargets] = [lowered(sources), lowered(targets)]
    this.#source.add(sources, lowerSources)
    this.#target.add(targets, lowerTargets)
    this.#pairs.add(lowerSources, lowerTargets)
    for (const [k, word] of sources.entries())
      if (word.length > 1 && word !== lowerSources[k] && targets.includes(word)) count(this.#shared, word)
  }

  /**
   * The words that translate each other and occur once on their side. Two capitalized words are names, unless a
   * language writes them in lower case.
   */
  aligned({ source, target }: Pair): Slot[] {
    const sources = [...source.matchAll(WORD)]
    const targets = [...target.matchAll(WORD)]
    const lower = (matches: readonly RegExpMatchArray[]) => lowered(matches.map(([word]) => word))
    return this.#pairs.aligned(lower(sources), lower(targets)).flatMap(([s, t]) => {
      const words = [sources[s], targets[t]]
      if (words.some(({ 0: word, index, input }) => word.length < LEAST || isJoined(input, index, word))) return []
      const [from, to] = words.map(({ 0: word, index }) => ({ at: index, end: index + word.length }))
      const isName = [...words.entries()].every(
        ([side, [word]]) => /^\p{Lu}/u.test(word) && !(side ? this.#target : this.#source).isLower(word),
      )
      return { kind: isName ? 'name' : 'word', source: from, target: to }
    })
  }

  /**
   * Whether a word that stands capitalized on both sides is a name: neither language writes it in lower case more
   * often.
   */
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

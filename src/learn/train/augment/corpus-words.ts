import type { Pair } from '../pairs/corpus.ts'
import type { Slot } from './slot.ts'

const PLACES = 2 ** 23
const MOST_COUNT = 0xffff
/** Sentences with more words are skipped: their words say little about one another. */
const MOST_WORDS = 40
/** Smallest number of common sentences: pairs of words seen together less often may be chance. */
const LEAST_TOGETHER = 4
/** A word that is in more than one of this many sentences is ignored. */
const RARE = 100
/** The smallest Dice coefficient of words that translate each other. */
const LEAST_DICE = 0.3

/** The words of one side, and the number of sentences that contain each. */
class Side {
  readonly #ids = new Map<string, number>()
  readonly counts: number[] = []

  /** The id of a word in lower case; -1 if it is not known. */
  find(word: string): number {
    return this.#ids.get(word) ?? -1
  }

  /** Counts the words of a sentence, each once; returns their ids. */
  add(words: Iterable<string>): number[] {
    const ids = Array.from(new Set(words), (word) => this.#add(word))
    for (const id of ids) this.counts[id]++
    return ids
  }

  #add(word: string): number {
    let id = this.#ids.get(word)
    if (id === undefined) {
      id = this.counts.push(0) - 1
      this.#ids.set(word, id)
    }
    return id
  }
}

/**
 * Words that translate each other, by the Dice coefficient of their sentences (Dice 1945): twice the pairs that contain
 * both, divided by the sum of the pairs that contain each. Word pairs are counted in a hash table of bounded size, so
 * that two of them may share a count.
 */
class WordPairs {
  readonly #source = new Side()
  readonly #target = new Side()
  readonly #together = new Uint16Array(PLACES)
  #sentences = 0

  /** Counts a pair of sentences by their words in lower case. */
  add(source: readonly string[], target: readonly string[]): void {
    if (source.length > MOST_WORDS || target.length > MOST_WORDS) return
    this.#sentences++
    const targetIds = this.#target.add(target)
    for (const id of this.#source.add(source))
      for (const other of targetIds) {
        const place = placeOf(id, other)
        if (this.#together[place] < MOST_COUNT) this.#together[place]++
      }
  }

  /** The words of a sentence and of its translation that translate each other, by their places: each is the best for the other. */
  aligned(source: readonly string[], target: readonly string[]): [source: number, target: number][] {
    if (source.length > MOST_WORDS || target.length > MOST_WORDS) return []
    const sourceIds = source.map((word) => this.#source.find(word))
    const targetIds = target.map((word) => this.#target.find(word))
    const dice = sourceIds.map((id) => targetIds.map((other) => this.#dice(id, other)))
    const found: [number, number][] = []
    for (const [s, row] of dice.entries()) {
      const best = Math.max(...row)
      const t = row.indexOf(best)
      if (best >= LEAST_DICE && row.lastIndexOf(best) === t && dice.every((other, k) => k === s || other[t] < best))
        found.push([s, t])
    }
    return found
  }

  #dice(source: number, target: number): number {
    if (source < 0 || target < 0) return 0
    const together = this.#together[placeOf(source, target)]
    if (together < LEAST_TOGETHER) return 0
    const [inSources, inTargets] = [this.#source.counts[source], this.#target.counts[target]]
    return Math.max(inSources, inTargets) * RARE > this.#sentences ? 0 : (2 * together) / (inSources + inTargets)
  }
}

const placeOf = (source: number, target: number) =>
  ((Math.imul(source, 0x9e3779b1) ^ Math.imul(target, 0x85ebca6b)) >>> 4) & (PLACES - 1)

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

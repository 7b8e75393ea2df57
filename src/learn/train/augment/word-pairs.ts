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
export class WordPairs {
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

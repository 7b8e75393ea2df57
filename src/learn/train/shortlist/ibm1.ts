import { ROW } from '../../../base/choices/position-kinds.ts'
import { GlassformerError } from '../../../base/errors.ts'
import { entryOf } from '../../../base/present.ts'
import type { Shortlist } from '../../../engine/decode/step/index.ts'
import { type ModelConfig, sourceEndOf } from '../../../engine/model/config/config.ts'
import type { Tokenizer } from '../../../language/text/tokenizer/tokenizer.ts'
import type { Pair } from '../pairs/corpus.ts'

interface ShortlistSettings {
  /** The number of target tokens for each source token. */
  perToken: number
  /** The number of most frequent target tokens, which are in every list. */
  frequent: number
  /** The number of rounds of EM; each round reads the corpus once. */
  iterations: number
  /** Called after each pair; `round` counts from 1. */
  reached?(round: number, pairs: number): void
}

/**
 * The smallest probability of a listed translation. Most targets that were ever seen together with a token have less.
 */
const LEAST_PROBABILITY = 1e-4

/**
 * Learns the likely target tokens of each source token from sentence pairs, by IBM model 1. With a shared vocabulary,
 * every token is also listed for itself, because names are copied.
 * @throws GlassformerError ERR_INPUT if there is no pair, and the errors of reading the pairs
 */
export async function learnShortlist(
  pairs: AsyncIterable<Pair>,
  tokenizer: Tokenizer,
  config: ModelConfig,
  { perToken, frequent, iterations, reached }: ShortlistSettings,
): Promise<Shortlist> {
  const model = new Ibm1()
  const seen = new Float64Array(config.targetVocabulary)
  for (let round = 1; round <= iterations; round++) {
    let count = 0
    for await (const { source, target } of pairs) {
      const to = withoutEnds(tokenizer.encodeTarget(target), config)
      model.add(withoutEnds(tokenizer.encode(source), config), to)
      if (round === 1) for (const id of to) seen[id]++
      count++
      reached?.(round, count)
    }
    if (!count) throw new GlassformerError('ERR_INPUT', 'there is no sentence pair to learn a shortlist from')
    model.maximize()
  }
  return { frequent: mostFrequent(seen, frequent), ...likeliest(model, tokenizer, config, perToken) }
}

/** The ids without the end, without a begin id of sources, and without rows of numbers. */
const withoutEnds = (ids: number[], { ids: special }: ModelConfig) =>
  ids
    .slice(ids[0] === special.sourceStart ? 1 : 0, ids.at(-1) === sourceEndOf(special) ? -1 : undefined)
    .filter((id) => id !== ROW)

function mostFrequent(seen: Float64Array, count: number): Int32Array {
  const ids = Array.from(seen.keys()).filter((id) => seen[id] > 0)
  return Int32Array.from(ids.sort((a, b) => seen[b] - seen[a] || a - b).slice(0, count))
}

function likeliest(model: Ibm1, tokenizer: Tokenizer, { sourceVocabulary }: ModelConfig, perToken: number) {
  const found: { target: number; probability: number }[][] = Array.from({ length: sourceVocabulary }, () => [])
  model.forEach((source, target, probability) => {
    if (probability >= LEAST_PROBABILITY) found[source].push({ target, probability })
  })
  const offsets = new Int32Array(sourceVocabulary + 1)
  const targets = found.flatMap((list, source) => {
    list.sort((a, b) => b.probability - a.probability || a.target - b.target)
    const best = list.slice(0, perToken).map(({ target }) => target)
    if (isShared(source, tokenizer) && !best.includes(source)) best.push(source)
    offsets[source + 1] = offsets[source] + best.length
    return best
  })
  return { offsets, targets: Int32Array.from(targets) }
}

/** Whether an id is the same piece on both sides. A model may have more ids than its tokenizer has pieces. */
const isShared = (id: number, tokenizer: Tokenizer): boolean =>
  id < Math.min(tokenizer.sourceSize, tokenizer.targetSize) && tokenizer.sourcePiece(id) === tokenizer.piece(id)

/** Slots of an empty table. */
const FIRST_SLOTS = 1 << 12
/** The largest fraction of used slots: in a fuller table, finding a free slot takes long. */
const FULL = 0.7
const EMPTY = -1

/** A table with two numbers for each added pair of a source token and a target token: `probability` and `count`. */
class PairTable {
  /** The source token of each slot; −1 is an empty slot. */
  sources = new Int32Array(0)
  targets = new Int32Array(0)
  probabilities = new Float64Array(0)
  counts = new Float64Array(0)
  size = 0
  #bits = 0

  constructor() {
    this.#allocate(FIRST_SLOTS)
  }

  /** The slot of a pair, or −1. */
  find(source: number, target: number): number {
    const slot = this.#slotOf(source, target)
    return this.sources[slot] === EMPTY ? -1 : slot
  }

  /** Adds to a pair's count, and enters the pair if it is new. */
  add(source: number, target: number, count: number): void {
    let slot = this.#slotOf(source, target)
    if (this.sources[slot] === EMPTY) {
      if (this.size >= FULL * this.sources.length) {
        this.#rebuild(2 * this.sources.length, 0)
        slot = this.#slotOf(source, target)
      }
      this.sources[slot] = source
      this.targets[slot] = target
      this.size++
    }
    this.counts[slot] += count
  }

  /** Drops the pairs whose count is lower than `least`. */
  forget(least: number): void {
    this.#rebuild(this.sources.length, least)
  }

  #rebuild(slots: number, least: number): void {
    const { sources, targets, probabilities, counts } = this
    this.#allocate(slots)
    for (let from = 0; from < sources.length; from++) {
      if (sources[from] === EMPTY || counts[from] < least) continue
      const slot = this.#slotOf(sources[from], targets[from])
      this.sources[slot] = sources[from]
      this.targets[slot] = targets[from]
      this.probabilities[slot] = probabilities[from]
      this.counts[slot] = counts[from]
      this.size++
    }
  }

  #allocate(slots: number): void {
    this.sources = new Int32Array(slots).fill(EMPTY)
    this.targets = new Int32Array(slots)
    this.probabilities = new Float64Array(slots)
    this.counts = new Float64Array(slots)
    this.size = 0
    this.#bits = 31 - Math.clz32(slots)
  }

  /** The slot of a pair, or the slot for it: the first slot from its hash on that has this pair or is empty. */
  #slotOf(source: number, target: number): number {
    const { sources, targets } = this
    const last = sources.length - 1
    const hash = Math.imul(Math.imul(source, 0x9e3779b1) ^ target, 0x85ebca6b)
    let slot = hash >>> (32 - this.#bits)
    while (sources[slot] !== EMPTY && (sources[slot] !== source || targets[slot] !== target)) slot = (slot + 1) & last
    return slot
  }
}

/**
 * The largest number of token pairs: beyond it, the pairs with the lowest counts are dropped. A table takes 24 to 70
 * bytes for each pair.
 */
const MOST_PAIRS = 8_000_000

/**
 * IBM model 1 (Brown et al. 1993, section 4.2): the source token that a target token translates, if every place in the
 * sentence is equally likely. `add` every pair of a corpus, then `maximize`, and begin again: each such round is a
 * round of the EM algorithm. A target token may also come from no source token, which counts as source token −2.
 */
export class Ibm1 {
  readonly #table = new PairTable()
  readonly #mostPairs: number
  /** Σ of the counts of each source token. */
  readonly #totals = new Map<number, number>()
  #rounds = 0
  /** The slots of the pairs of one target token. */
  #slots = new Int32Array(64)

  constructor(mostPairs = MOST_PAIRS) {
    this.#mostPairs = mostPairs
  }

  /** Expected counts of one sentence pair, without its ends. In the first round all translations are equally likely. */
  add(source: readonly number[], target: readonly number[]): void {
    if (this.#rounds === 0) this.#addEqually(source, target)
    else for (const token of target) this.#addExpected(source, token)
  }

  #addEqually(source: readonly number[], target: readonly number[]): void {
    const share = 1 / (source.length + 1)
    for (const to of target) {
      this.#table.add(NO_TOKEN, to, share)
      for (const from of source) this.#table.add(from, to, share)
    }
    if (this.#table.size > this.#mostPairs)
      for (let least = 0.01; this.#table.size > this.#mostPairs / 2; least *= 2) this.#table.forget(least)
  }

  #addExpected(source: readonly number[], target: number): void {
    const { probabilities, counts } = this.#table
    if (this.#slots.length <= source.length) this.#slots = new Int32Array(2 * source.length)
    let sum = 0
    for (let i = 0; i <= source.length; i++) {
      const slot = this.#table.find(i < source.length ? source[i] : NO_TOKEN, target)
      this.#slots[i] = slot
      if (slot >= 0) sum += probabilities[slot]
    }
    if (sum === 0) return
    for (let i = 0; i <= source.length; i++) {
      const slot = this.#slots[i]
      if (slot >= 0) counts[slot] += probabilities[slot] / sum
    }
  }

  /** Converts the counts to probabilities, t(target | source), and sets the counts to 0 for the next round. */
  maximize(): void {
    const { sources, probabilities, counts } = this.#table
    this.#totals.clear()
    for (let slot = 0; slot < sources.length; slot++)
      if (sources[slot] !== -1) this.#totals.set(sources[slot], (this.#totals.get(sources[slot]) ?? 0) + counts[slot])
    for (let slot = 0; slot < sources.length; slot++) {
      if (sources[slot] === -1) continue
      const total = entryOf(this.#totals, sources[slot])
      probabilities[slot] = total > 0 ? counts[slot] / total : 0
      counts[slot] = 0
    }
    this.#rounds++
  }

  /** The probability t(target | source). */
  probability(source: number | null, target: number): number {
    const slot = this.#table.find(source ?? NO_TOKEN, target)
    return slot < 0 ? 0 : this.#table.probabilities[slot]
  }

  /** Calls `visit` for every possible target token of a source token. */
  forEach(visit: (source: number, target: number, probability: number) => void): void {
    const { sources, targets, probabilities } = this.#table
    for (let slot = 0; slot < sources.length; slot++)
      if (sources[slot] >= 0) visit(sources[slot], targets[slot], probabilities[slot])
  }
}

const NO_TOKEN = -2

import { GlassformerError } from '../../../base/errors.ts'
import { lastOf } from '../../../base/present.ts'
import type { Pair } from './corpus.ts'
import { fingerprint } from './fingerprint.ts'

/**
 * The key of a text: texts with the same key count as the same sentence. The key has the letters and digits of the text, without case,
 * accents, punctuation and spaces. A text without letters and digits is its own key.
 */
export function sentenceKey(text: string): string {
  const key = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')
  return key === '' ? text.normalize('NFC').trim() : key
}

/** Pairs for validation. */
export interface HeldOut {
  validation: Pair[]
  /** The keys of all source sentences of these pairs. */
  sourceKeys: ReadonlySet<string>
  targetKeys: ReadonlySet<string>
}

/** Given pairs for validation, with their keys. */
export const heldOutOf = (validation: Pair[]): HeldOut => ({
  validation,
  sourceKeys: new Set(validation.map(sourceKeyOf)),
  targetKeys: new Set(validation.filter(({ ofRows }) => !ofRows).map(({ target }) => sentenceKey(target))),
})

/** The key of a pair's source, or of a whole text, of which nothing is given. */
const sourceKeyOf = ({ source, target, ofRows }: Pair) =>
  ofRows ? source : sentenceKey(source === '' ? target : source)

const sharesSentence = (pair: Pair, { sourceKeys, targetKeys }: HeldOut) =>
  sourceKeys.has(sourceKeyOf(pair)) || (!pair.ofRows && targetKeys.has(sentenceKey(pair.target)))

/** The number of pairs that share a source or a target sentence with a pair for validation. */
export async function countSharing(pairs: AsyncIterable<Pair>, heldOut: HeldOut): Promise<number> {
  if (!heldOut.validation.length) return 0
  let count = 0
  for await (const pair of pairs) if (sharesSentence(pair, heldOut)) count++
  return count
}

/**
 * Chooses `wanted` pairs of a corpus of any size in one pass, or fewer if there are not so many, with memory for these
 * pairs only. `withoutHeldOut` then leaves these pairs out of every later pass, together with all pairs that share a
 * source or a target sentence with one of them.
 *
 * The choice is by hash: every source sentence has a random rank that depends on itself and the seed, and the pairs of
 * the lowest ranks are taken, each with a source and a target that no earlier pair has. So the choice does not depend
 * on the order of the corpus (except for equal sources, of which the first counts), and more lines change it little.
 * The price is the pairs that are neither trained on nor held out. Deciding by a hash of source and target alone,
 * without a list of held-out sentences, would drop far more pairs.
 */
export async function chooseHeldOut(
  pairs: AsyncIterable<Pair>,
  { wanted, seed }: { wanted: number; seed: number },
): Promise<HeldOut> {
  const lowest = new LowestRanks(2 * wanted + 100)
  for await (const pair of pairs) {
    const sourceKey = sourceKeyOf(pair)
    const { high, low } = fingerprint(seed, sourceKey)
    lowest.offer({ pair, sourceKey, rank: high * 2 ** 21 + (low >>> 11) })
  }
  const chosen: Pair[] = []
  const sourceKeys = new Set<string>()
  const targetKeys = new Set<string>()
  for (const { pair, sourceKey } of lowest.sorted()) {
    if (chosen.length === wanted) break
    const targetKey = sentenceKey(pair.target)
    // The sources are all different; many rows of numbers have the same target.
    if (!pair.ofRows && targetKeys.has(targetKey)) continue
    chosen.push(pair)
    sourceKeys.add(sourceKey)
    if (!pair.ofRows) targetKeys.add(targetKey)
  }
  return { validation: chosen, sourceKeys, targetKeys }
}

/**
 * Pairs that share no source and no target sentence with a held-out pair. They can be iterated as often as `pairs`;
 * every pass throws ERR_INPUT at its end if no pair is left.
 */
export function withoutHeldOut(pairs: AsyncIterable<Pair>, heldOut: HeldOut): AsyncIterable<Pair> {
  return {
    async *[Symbol.asyncIterator]() {
      let left = 0
      for await (const pair of pairs) {
        if (sharesSentence(pair, heldOut)) continue
        left++
        yield pair
      }
      if (!left)
        throw new GlassformerError(
          'ERR_INPUT',
          `every pair shares a sentence with one of the ${heldOut.validation.length} that are held out to measure with, and none is left to ` +
            'train on: give others to measure with (data.validation), or hold none out (data.heldOut 0)',
        )
    },
  }
}

interface Ranked {
  pair: Pair
  sourceKey: string
  rank: number
}

/** The first pair of each of the `size` source sentences of the lowest ranks. */
class LowestRanks {
  readonly #size: number
  #kept = new Map<string, Ranked>()
  #highest = Number.POSITIVE_INFINITY

  constructor(size: number) {
    this.#size = size
  }

  offer(entry: Ranked): void {
    if (entry.rank > this.#highest || this.#kept.has(entry.sourceKey)) return
    this.#kept.set(entry.sourceKey, entry)
    if (this.#kept.size < 2 * this.#size) return
    const sorted = this.sorted()
    this.#highest = lastOf(sorted).rank
    this.#kept = new Map(sorted.map((kept) => [kept.sourceKey, kept]))
  }

  sorted(): Ranked[] {
    return [...this.#kept.values()].sort((a, b) => a.rank - b.rank).slice(0, this.#size)
  }
}

import { GlassformerError } from '../../errors.ts'
import type { Pair } from './corpus.ts'
import { fingerprint } from './fingerprint.ts'

/**
 * What two texts have in common that count as the same sentence: their letters and digits, whatever the case, the accents,
 * the punctuation and the spaces. A text without any is itself.
 */
export function sentenceKey(text: string): string {
  const key = text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '')
  return key === '' ? text.normalize('NFC').trim() : key
}

/** Pairs to measure with. */
export interface HeldOut {
  validation: Pair[]
  /** Keys of all their sentences. */
  sourceKeys: ReadonlySet<string>
  targetKeys: ReadonlySet<string>
}

/** Pairs that come from elsewhere. */
export const heldOutOf = (validation: Pair[]): HeldOut => ({
  validation,
  sourceKeys: new Set(validation.map(({ source }) => sentenceKey(source))),
  targetKeys: new Set(validation.map(({ target }) => sentenceKey(target))),
})

const sharesSentence = ({ source, target }: Pair, { sourceKeys, targetKeys }: HeldOut) =>
  sourceKeys.has(sentenceKey(source)) || targetKeys.has(sentenceKey(target))

/** How many pairs share a source or a target sentence with one to measure with. */
export async function countSharing(pairs: AsyncIterable<Pair>, heldOut: HeldOut): Promise<number> {
  if (!heldOut.validation.length) return 0
  let count = 0
  for await (const pair of pairs) if (sharesSentence(pair, heldOut)) count++
  return count
}

/**
 * Chooses `wanted` pairs of a corpus of any size in one pass, with memory for these alone, fewer where there are not so many;
 * `withoutHeldOut` then leaves them out of every later pass, together with all pairs that share a source or a target sentence with
 * one of them.
 *
 * The choice is by hash: every source sentence has a random rank that depends on itself and the seed, and the pairs of the
 * lowest ranks are taken, each with a source and a target that no earlier one has. So it does not depend on the order of
 * the corpus (but for equal sources, where the first counts), and more lines change it little. The price is the pairs that
 * are neither trained on nor held out; deciding by hash for source and target alone, without a list of what is held out,
 * would drop far more of them.
 */
export async function chooseHeldOut(
  pairs: AsyncIterable<Pair>,
  { wanted, seed }: { wanted: number; seed: number },
): Promise<HeldOut> {
  const lowest = new LowestRanks(2 * wanted + 100)
  for await (const pair of pairs) {
    const sourceKey = sentenceKey(pair.source)
    const { high, low } = fingerprint(seed, sourceKey)
    lowest.offer({ pair, sourceKey, rank: high * 2 ** 21 + (low >>> 11) })
  }
  const chosen: Pair[] = []
  const sourceKeys = new Set<string>()
  const targetKeys = new Set<string>()
  for (const { pair, sourceKey } of lowest.sorted()) {
    if (chosen.length === wanted) break
    const targetKey = sentenceKey(pair.target)
    if (targetKeys.has(targetKey)) continue // sources are all different
    chosen.push(pair)
    sourceKeys.add(sourceKey)
    targetKeys.add(targetKey)
  }
  return { validation: chosen, sourceKeys, targetKeys }
}

/**
 * Pairs that share no source and no target sentence with a held-out one. It can be iterated as often as `pairs`; every pass throws
 * ERR_INPUT at its end where none is left.
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
    this.#highest = sorted.at(-1)!.rank
    this.#kept = new Map(sorted.map((kept) => [kept.sourceKey, kept]))
  }

  sorted(): Ranked[] {
    return [...this.#kept.values()].sort((a, b) => a.rank - b.rank).slice(0, this.#size)
  }
}

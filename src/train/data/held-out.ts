import { GlassformerError } from '../../errors.ts'
import { Random } from '../random.ts'
import type { Pair } from './corpus.ts'
import { fingerprint } from './fingerprint.ts'

/** How many pairs to hold out from training, and the seed that decides which. */
export interface HeldOutSizes {
  /** Pairs that training is watched with. */
  validation: number
  /** Pairs that nothing is decided with; default 0. */
  test?: number
  /** Default 1. */
  seed?: number
}

export interface Split {
  train: Pair[]
  validation: Pair[]
  test: Pair[]
}

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

/**
 * Splits pairs that are all in memory, without dropping any: pairs that share a source or a target sentence, directly or
 * through others, form a group (union-find), and a group goes to one part as a whole. So nothing that is held out has a
 * sentence in common with another part. Large groups (common short sentences) stay in training.
 *
 * Every part keeps the order of the pairs. Fewer are held out than asked for if the groups do not allow more.
 */
export function splitGroups(pairs: readonly Pair[], { validation, test = 0, seed = 1 }: HeldOutSizes): Split {
  checkSizes({ validation, test })
  const groups = groupsOf(pairs)
  const part = new Uint8Array(pairs.length)
  const wanted = [0, validation, test]
  const random = new Random(seed)
  for (const group of random.shuffle(groups)) {
    const fits = (k: number) => group.length <= Math.min(wanted[k], largestGroup(k === 1 ? validation : test))
    const to = fits(1) ? 1 : fits(2) ? 2 : 0
    if (to === 0) continue
    wanted[to] -= group.length
    for (const k of group) part[k] = to
  }
  const select = (to: number) => pairs.filter((_, k) => part[k] === to)
  return { train: select(0), validation: select(1), test: select(2) }
}

/** Nobody wants half of a validation set to be about one sentence. */
const largestGroup = (size: number) => Math.max(1, size / 20)

function groupsOf(pairs: readonly Pair[]): number[][] {
  const parent = Int32Array.from(pairs, (_, k) => k)
  const find = (k: number) => {
    let root = k
    while (parent[root] !== root) root = parent[root] = parent[parent[root]]
    return root
  }
  for (const side of ['source', 'target'] as const) {
    const firsts = new Map<string, number>()
    for (const [k, pair] of pairs.entries()) {
      const key = sentenceKey(pair[side])
      const first = firsts.get(key)
      if (first === undefined) firsts.set(key, k)
      else parent[find(k)] = find(first)
    }
  }
  const groups = new Map<number, number[]>()
  for (let k = 0; k < pairs.length; k++) {
    const root = find(k)
    const group = groups.get(root)
    if (group === undefined) groups.set(root, [k])
    else group.push(k)
  }
  return [...groups.values()]
}

/** Pairs that were held out of a stream. */
export interface HeldOut {
  validation: Pair[]
  test: Pair[]
  /** Keys of all their sentences. */
  sourceKeys: ReadonlySet<string>
  targetKeys: ReadonlySet<string>
}

/**
 * Chooses held-out pairs from a corpus of any size in one pass, with memory for these alone; `withoutHeldOut` then leaves
 * them out of every later pass, together with all pairs that share a source or a target sentence with one of them.
 *
 * The choice is by hash: every source sentence has a random rank that depends on itself and the seed, and the pairs of the
 * lowest ranks are taken, each with a source and a target that no earlier one has. So it does not depend on the order of
 * the corpus (but for equal sources, where the first counts), and more lines change it little. The price is the pairs that
 * are neither trained on nor held out; deciding by hash for source and target alone, without a list of what is held out,
 * would drop far more of them.
 */
export async function chooseHeldOut(
  pairs: AsyncIterable<Pair>,
  { validation, test = 0, seed = 1 }: HeldOutSizes,
): Promise<HeldOut> {
  checkSizes({ validation, test })
  const wanted = validation + test
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
    if (sourceKeys.has(sourceKey) || targetKeys.has(targetKey)) continue
    chosen.push(pair)
    sourceKeys.add(sourceKey)
    targetKeys.add(targetKey)
  }
  return { validation: chosen.slice(0, validation), test: chosen.slice(validation), sourceKeys, targetKeys }
}

/** Pairs that share no source and no target sentence with a held-out one. It can be iterated as often as `pairs`. */
export function withoutHeldOut(
  pairs: AsyncIterable<Pair>,
  heldOut: HeldOut,
): AsyncIterable<Pair> & { dropped: number } {
  const { sourceKeys, targetKeys } = heldOut
  return {
    /** Pairs that the last pass has left out. */
    dropped: 0,
    async *[Symbol.asyncIterator]() {
      this.dropped = 0
      for await (const pair of pairs)
        if (sourceKeys.has(sentenceKey(pair.source)) || targetKeys.has(sentenceKey(pair.target))) this.dropped++
        else yield pair
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

function checkSizes(sizes: Record<string, number>): void {
  for (const [name, size] of Object.entries(sizes))
    if (!Number.isSafeInteger(size) || size < 0)
      throw new GlassformerError('ERR_OPTION', `${name}: a number of pairs was expected, not ${size}`)
}

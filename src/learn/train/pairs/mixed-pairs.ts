import { GlassformerError } from '../../../base/errors.ts'
import { counted } from '../../../base/values/number-text.ts'
import { cleanCorpus } from './cleaning.ts'
import type { CorpusSpec, Pair } from './corpus.ts'
import { chooseHeldOut, type HeldOut, withoutHeldOut } from './held-out.ts'

/** Pairs of which each epoch may have others. */
export interface EpochPairs extends AsyncIterable<Pair> {
  pass?(epoch: number): AsyncIterable<Pair>
}

/** Other pairs that are mixed in, and their share of all pairs that are trained on. */
export type MixSpec = CorpusSpec & { share: number }

/** Pairs among which others are mixed. */
export interface Mixed {
  pairs: EpochPairs
  /** The other pairs there are to choose from, and those of each epoch. */
  mixed: { of: number; each: number }
  /** Other pairs that are held out, to measure what the model forgets. */
  everyday: Pair[]
}

/** The largest share of the other pairs that is held out. */
const LARGEST_SHARE = 0.1

/** The most pairs of a mixture that are kept in memory. */
const MOST = 100_000

/**
 * Mixes pairs of another corpus among pairs, evenly, so that a model that learns from the pairs does not forget what the others are examples
 * of. A pass has every pair once, and as many others as make the share; the passes go on through the others, in an order that depends on the
 * seed alone. Others that share a sentence with a held-out pair are left out. A large corpus gives 100,000 pairs, chosen by
 * their hashes.
 * @throws GlassformerError ERR_INPUT where no other pair is left, and the errors of reading the files
 */
export async function mixedPairs(
  pairs: AsyncIterable<Pair>,
  { share, ...spec }: MixSpec,
  { heldOut, seed, rowWidth, everyday = 0 }: { heldOut: HeldOut; seed: number; rowWidth?: number; everyday?: number },
): Promise<Mixed> {
  const left = withoutHeldOut(cleanCorpus(spec as CorpusSpec, { rowWidth }), heldOut)
  const { validation: chosen } = await chooseHeldOut(left, { wanted: MOST, seed })
  const apart = Math.min(everyday, Math.floor(chosen.length * LARGEST_SHARE))
  // The chosen pairs share no sentence with each other.
  const others = chosen.slice(apart)
  let count = 0
  for await (const _ of pairs) count++
  const each = Math.round((count * share) / (1 - share))
  if (!each)
    throw new GlassformerError(
      'ERR_INPUT',
      `data.mix.share ${share} of ${counted(count, 'pair')} is not one: give a larger share, or leave data.mix out`,
    )
  const pass = (epoch: number) => ({
    async *[Symbol.asyncIterator]() {
      let [read, given] = [0, 0]
      for await (const pair of pairs) {
        yield pair
        read++
        for (; given < Math.floor((each * read) / count); given++) yield others[(epoch * each + given) % others.length]
      }
    },
  })
  return {
    pairs: { pass, [Symbol.asyncIterator]: () => pass(0)[Symbol.asyncIterator]() },
    mixed: { of: others.length, each },
    everyday: chosen.slice(0, apart),
  }
}

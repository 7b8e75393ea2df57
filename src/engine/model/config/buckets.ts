import { settings } from '../../../base/schema/settings.ts'
import { flag, integer } from '../../../base/schema/types.ts'
import { counted } from '../../../base/values/number-text.ts'
import type { Tensor } from '../../program/instructions/tensor.ts'
import { embed } from '../../program/ops/embed.ts'
import { reachOf } from './attention-settings.ts'
import { MOST_CLIP, type ModelSizes, type PositionKind } from './position-kind.ts'

const bucketSettings = settings({
  buckets: { type: integer(4), default: 32, says: 'learned distances of each head' },
  furthest: { type: integer(1, MOST_CLIP), default: 128, says: 'all distances from it on have the last bucket' },
  inEachLayer: {
    type: flag,
    optional: true,
    otherwise: 'one table for each stack',
    says: 'every layer has a table of its own (UMT5)',
  },
})

/** The distances that have a row of their own: all from the last one on have its bucket, or are not seen. */
const clipOf = (furthest: number, { attention }: Pick<ModelSizes['encoder'], 'attention'>) => {
  const reach = reachOf(attention)
  return Number.isFinite(reach) ? reach : furthest
}

const sideOf = { encoder: 'source', decoder: 'target' } as const

/**
 * The bucket of a distance adds a learned number to the scores of each head (T5, Raffel et al. 2020, 2.1); all layers of a stack share one
 * table [buckets, heads], or each has its own (UMT5). Programs bind the bucket of each distance, [2 furthest + 1, 1].
 */
export const buckets: PositionKind<typeof bucketSettings, { buckets: Tensor }> = {
  settings: bucketSettings,
  says: ({ buckets, furthest }) => `${buckets} buckets of distances, up to ${counted(furthest, 'token')} apart`,
  ofNewModel: () => ({ buckets: 32, furthest: 128 }),
  check({ buckets, furthest }, _, place) {
    const half = Math.floor(buckets / 2)
    if (furthest <= half) place.within('positions').fail('furthest', `above half of the buckets (${half})`, furthest)
  },
  tables({ buckets, furthest }, { encoder, decoder }) {
    const table = (clip: number, bidirectional: boolean) =>
      Int32Array.from({ length: 2 * clip + 1 }, (_, i) => bucketOf(i - clip, buckets, furthest, bidirectional))
    const [source, target] = [encoder, decoder].map((stack) => clipOf(furthest, stack))
    return { fixed: { 'source.buckets': table(source, true), 'target.buckets': table(target, false) } }
  },
  inputs: ({ p, side, positions: { furthest }, attention }) => ({
    buckets: p.input(`${sideOf[side]}.buckets`, 2 * clipOf(furthest, { attention }) + 1, 1, 'int32'),
  }),
  attended({ p, heads, scoreScale, positions }, { buckets }) {
    const biases = () =>
      p.within('distanceBias', () => {
        const table = p.parameter('weight', { rows: positions.buckets, width: heads, role: 'distances' })
        // Attention scales the bias with the products.
        return embed(p, { table, tokens: buckets }, { scale: 1 / scoreScale, positionOffset: 0 })
      })
    if (positions.inEachLayer) return { distances: () => ({ distanceBias: biases()[0] }) }
    const [distanceBias] = biases()
    return { distances: () => ({ distanceBias }) }
  },
}

/**
 * T5's bucket of the distance key − query (Raffel et al. 2020, 2.1). Where attention is `bidirectional`, keys after the query have the
 * second half of the buckets to themselves; else they share that of distance 0. Half of the buckets of a direction stand for one distance
 * each, the others for ranges that grow by a factor, up to `furthest`. Halves are rounded down. Computed in float32, as PyTorch does.
 */
export function bucketOf(distance: number, buckets: number, furthest: number, bidirectional: boolean): number {
  const ofDirection = bidirectional ? Math.floor(buckets / 2) : buckets
  const first = bidirectional && distance > 0 ? ofDirection : 0
  const far = bidirectional ? Math.abs(distance) : Math.max(0, -distance)
  const single = Math.floor(ofDirection / 2)
  if (far < single) return first + far
  const { fround, log } = Math
  const share = fround(fround(log(fround(far / single))) / fround(log(furthest / single)))
  const range = Math.floor(fround(share * (ofDirection - single)))
  return first + Math.min(single + range, ofDirection - 1)
}

import { type AttentionSettings, reachOf } from '../attention-settings.ts'
import type { ModelConfig } from '../config.ts'
import { bucketOf } from '../positions/bucket-of.ts'
import { type Blocks, type BoundBlocks, type CutSentences, Cuts } from './cuts.ts'
import { besideGlobals } from './global-blocks.ts'

// Local attention as spans of blocks (Image Transformer, Parmar et al. 2018, 3.2; LongT5, Guo et al. 2021, 3.2): the queries of a block
// meet the keys that any of them sees, and the bias by distance takes away those that are too far from a query.

type Side = 'encoder' | 'decoder'

/** Queries are taken in blocks of a multiple of this, as the kernels take them. */
const BLOCK_STEP = 32

/** The blocks of a stack; null where its tokens see their whole sentence. */
export function blocksOf(config: ModelConfig, side: Side): Blocks | null {
  const { attention } = config[side]
  if (!attention) return null
  const { global } = attention
  const reach = reachOf(attention)
  const causal = side === 'decoder'
  // A block of queries begins with a block of those whose sums are global.
  const step = global?.kind === 'blocks' ? global.size : BLOCK_STEP
  const queries = step * Math.ceil(reach / step)
  // Blocks begin at multiples of `queries`, and a key is seen by those that begin within the keys of a block.
  return { reach, queries, causal, global, readers: Math.ceil(keysOf({ reach, queries, causal }) / queries) }
}

/** The most keys of a block. */
const keysOf = ({ reach, queries, causal }: Pick<Blocks, 'reach' | 'queries' | 'causal'>) =>
  queries + (causal ? 1 : 2) * (reach - 1)

/**
 * Cuts the sentences at `spans` of each side that has local attention into blocks. With `gathered`, keys are also listed as they are
 * copied for training, where the keys of two blocks may not be the same rows.
 */
export function bindBlocks(
  config: ModelConfig,
  sides: Partial<Record<Side, Int32Array>>,
  { gathered = false }: { gathered?: boolean } = {},
): BoundBlocks {
  const bound: BoundBlocks = { rows: {}, arrays: {} }
  for (const [side, spans] of Object.entries(sides) as [Side, Int32Array][]) {
    const blocks = blocksOf(config, side)
    if (!blocks) continue
    const cut = blocks.global ? besideGlobals(spans, blocks, blocks.global, bound) : cutIntoBlocks(spans, blocks)
    const { count, queries, keys, places } = cut
    bound.rows[`B.${side}`] = count
    Object.assign(bound.arrays, {
      [`${side}.blocks`]: queries,
      [`${side}.blockKeys`]: keys,
      [`${side}.blockPlaces`]: places,
    })
    if (!gathered || blocks.global) continue
    const { index, readers, copies } = gather(cut, spans.at(-1) ?? 0, blocks.readers)
    bound.rows[`G.${side}`] = index.length
    Object.assign(bound.arrays, {
      [`${side}.copied`]: index,
      [`${side}.readers`]: readers,
      [`${side}.copiedKeys`]: copies,
    })
  }
  return bound
}

function cutIntoBlocks(spans: Int32Array, { reach, queries: size, causal }: Blocks): CutSentences {
  const cuts = new Cuts()
  for (let b = 0; b < spans.length; b += 2) {
    const [begin, end] = [spans[b], spans[b + 1]]
    for (let first = begin; first < end; first += size) {
      const last = Math.min(first + size, end)
      cuts.add(first, last, Math.max(begin, first - reach + 1), causal ? last : Math.min(end, last + reach - 1))
    }
  }
  return cuts.cut
}

/** The rows of keys in the order of blocks, the places at which each row is, at most `most`, and the spans of the blocks' copies. */
function gather({ count, keys }: CutSentences, rows: number, most: number) {
  const copies = new Int32Array(2 * count)
  let total = 0
  for (let b = 0; b < count; b++) {
    copies[2 * b] = total
    total += keys[2 * b + 1] - keys[2 * b]
    copies[2 * b + 1] = total
  }
  const index = new Int32Array(total)
  const readers = new Int32Array(rows * most).fill(-1)
  const found = new Int32Array(rows)
  for (let b = 0, place = 0; b < count; b++)
    for (let row = keys[2 * b]; row < keys[2 * b + 1]; row++, place++) {
      index[place] = row
      readers[row * most + found[row]++] = place
    }
  return { index, readers, copies }
}

/** The name of the table of a reach, which programs bind. */
export const reachTable = (side: Side, reach: number) => `${side}.reach${reach}`

/**
 * Tables that programs with local attention bind at every play. For each reach of a stack: 0 for the distances that a token sees, −∞ for those
 * beyond, [2 · the furthest reach + 1, heads].
 */
export function reachTables(
  config: Readonly<Record<Side, { heads: number; attention?: Pick<AttentionSettings, 'local'> }>>,
): Record<string, Float32Array> {
  const tables: Record<string, Float32Array> = {}
  for (const side of ['encoder', 'decoder'] as const) {
    const { heads, attention } = config[side]
    if (!attention) continue
    const furthest = reachOf(attention)
    for (const reach of [attention.local].flat())
      tables[reachTable(side, reach)] = Float32Array.from({ length: (2 * furthest + 1) * heads }, (_, i) =>
        Math.abs(Math.floor(i / heads) - furthest) < reach ? 0 : -Infinity,
      )
  }
  return tables
}

/** The bucket of each distance from the sum of a block, [2 furthest + 1, 1], where an encoder sees such sums and positions have buckets. */
export function sideBuckets({
  encoder,
  positions,
}: Pick<ModelConfig, 'encoder' | 'positions'>): Record<string, Int32Array> {
  if (encoder.attention?.global?.kind !== 'blocks' || positions.kind !== 'buckets') return {}
  const { buckets, furthest } = positions
  const bucketAt = (_: unknown, i: number) => bucketOf(i - furthest, buckets, furthest, true)
  return { 'encoder.sideBuckets': Int32Array.from({ length: 2 * furthest + 1 }, bucketAt) }
}

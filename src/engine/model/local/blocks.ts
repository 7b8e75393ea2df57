import { present } from '../../../base/present.ts'
import { type AttentionSettings, imageOf, reachesOf, reachOf } from '../config/attention-settings.ts'
import { bucketOf } from '../config/bucket-of.ts'
import type { ModelConfig } from '../config/config.ts'
import { isImage } from '../config/image-settings.ts'
import { type Blocks, type BoundBlocks, type CutSentences, Cuts } from './cuts.ts'
import { besideGlobals } from './global-blocks.ts'
import { imageBlocks, readersOf } from './image-blocks.ts'

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
  const image = imageOf(config[side])
  if (image)
    return { reach: Infinity, queries: image.block[0] * image.block[1], causal: true, image, readers: readersOf(image) }
  const reach = reachOf(attention)
  const causal = side === 'decoder'
  // A block of queries begins with a block of those whose sums are global.
  const step = global?.kind === 'blocks' ? global.size : BLOCK_STEP
  const queries = step * Math.ceil(reach / step)
  // Blocks begin at multiples of `queries`, and a key is seen by those that begin within the keys of a block. Behind the last whole block
  // of sums one more begins.
  const readers = Math.ceil(keysOf({ reach, queries, causal }) / queries) + (global?.kind === 'blocks' ? 1 : 0)
  return { reach, queries, causal, global, readers }
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
    if (blocks.image) {
      bindImages(side, blocks, spans, bound)
      continue
    }
    const cut = blocks.global ? besideGlobals(spans, blocks, blocks.global, bound) : cutIntoBlocks(spans, blocks)
    const { count, queries, keys, places } = cut
    bound.rows[`B.${side}`] = count
    Object.assign(bound.arrays, {
      [`${side}.blocks`]: queries,
      [`${side}.blockKeys`]: keys,
      [`${side}.blockPlaces`]: places,
    })
    if (!gathered) continue
    const { index, copies } = gather(cut)
    bindCopies(side, { index, copies, readers: readersIn(index, spans.at(-1) ?? 0, blocks.readers) }, bound)
  }
  return bound
}

/** Copies of keys in the order of the blocks: their rows, the spans of the copies of each block, and the places at which each row is. */
interface Copies {
  index: Int32Array
  copies: Int32Array
  readers: Int32Array
}

function bindCopies(side: Side, { index, copies, readers }: Copies, { rows, arrays }: BoundBlocks): void {
  rows[`G.${side}`] = index.length
  Object.assign(arrays, {
    [`${side}.copied`]: index,
    [`${side}.readers`]: readers,
    [`${side}.copiedKeys`]: copies,
  })
}

/** Binds the blocks of images, the sentences at `spans`: a block sees copies of its flange, and of its own tokens behind them. */
function bindImages(side: Side, { image, readers }: Blocks, spans: Int32Array, bound: BoundBlocks): void {
  const [queries, copies, places, index]: number[][] = [[], [], [], []]
  for (let b = 0; b < spans.length; b += 2) {
    const begin = spans[b]
    for (const { first, last, flange } of imageBlocks(present(image), spans[b + 1] - begin)) {
      queries.push(begin + first, begin + last)
      places.push(flange.length)
      copies.push(index.length)
      for (const token of flange) index.push(begin + token)
      for (let token = first; token < last; token++) index.push(begin + token)
      copies.push(index.length)
    }
  }
  bound.rows[`B.${side}`] = places.length
  Object.assign(bound.arrays, {
    [`${side}.blocks`]: Int32Array.from(queries),
    [`${side}.blockPlaces`]: Int32Array.from(places),
  })
  const rows = Int32Array.from(index)
  const inverse = readersIn(rows, spans.at(-1) ?? 0, readers)
  bindCopies(side, { index: rows, copies: Int32Array.from(copies), readers: inverse }, bound)
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

/** The rows of keys in the order of blocks, and the spans of the blocks' copies. */
function gather({ count, keys }: CutSentences): Pick<Copies, 'index' | 'copies'> {
  const copies = new Int32Array(2 * count)
  let total = 0
  for (let b = 0; b < count; b++) {
    copies[2 * b] = total
    total += keys[2 * b + 1] - keys[2 * b]
    copies[2 * b + 1] = total
  }
  const index = new Int32Array(total)
  for (let b = 0, place = 0; b < count; b++)
    for (let row = keys[2 * b]; row < keys[2 * b + 1]; row++, place++) index[place] = row
  return { index, copies }
}

/** The places at which each of `rows` rows is copied, at most `most`; −1 where there are fewer. */
function readersIn(index: Int32Array, rows: number, most: number): Int32Array {
  const readers = new Int32Array(rows * most).fill(-1)
  const found = new Int32Array(rows)
  index.forEach((row, place) => {
    readers[row * most + found[row]++] = place
  })
  return readers
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
    if (!attention || isImage(attention.local)) continue
    const furthest = reachOf(attention)
    for (const reach of reachesOf(attention))
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

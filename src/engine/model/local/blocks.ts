import { present } from '../../../base/present.ts'
import { type AttentionSettings, imageOf, reachesOf, reachOf } from '../config/attention-settings.ts'
import { bucketOf } from '../config/buckets.ts'
import type { ModelConfig } from '../config/config.ts'
import { isImage } from '../config/image-settings.ts'
import { type Blocks, type BoundBlocks, type CutSentences, Cuts } from './cuts.ts'
import { imageBlocks, readersOf } from './image-blocks.ts'
import { bindEnds, bindLearned } from './sparse-blocks.ts'

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
  // Blocks begin at multiples of `queries`, and a key is seen by those that begin within the keys of a block. After the last whole block
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
    const global = config[side].attention?.global
    if (global?.kind === 'ends' || global?.kind === 'learned') {
      if (global.kind === 'ends') bindEnds(spans, global, bound)
      else bindLearned(spans, reachOf(config[side].attention), global, bound)
      continue
    }
    const blocks = blocksOf(config, side)
    if (!blocks) continue
    if (blocks.image) {
      bindImages(side, blocks, spans, bound)
      continue
    }
    const cut = global ? besideGlobals(spans, blocks, global, bound) : cutIntoBlocks(spans, blocks)
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

/** Binds the blocks of images, the sentences at `spans`: a block sees copies of its flange, and of its own tokens after them. */
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

/** Whether blocks see whole blocks, whatever the distance of their tokens. */
const isByBlocks = ({ global }: Pick<AttentionSettings, 'global'>) =>
  global?.kind === 'ends' || global?.kind === 'learned'

/** The name of the table of a reach, which programs bind. */
export const reachTable = (side: Side, reach: number) => `${side}.reach${reach}`

/**
 * Tables that programs with local attention bind at every play. For each reach of a stack: 0 for the distances that a token sees, −∞ for those
 * beyond, [2 · the furthest reach + 1, heads].
 */
export function reachTables(
  config: Readonly<Record<Side, { heads: number; attention?: Pick<AttentionSettings, 'local' | 'global'> }>>,
): Record<string, Float32Array> {
  const tables: Record<string, Float32Array> = {}
  for (const side of ['encoder', 'decoder'] as const) {
    const { heads, attention } = config[side]
    if (!attention || isImage(attention.local) || isByBlocks(attention)) continue
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

/**
 * Cuts sentences of an encoder with global tokens into blocks, and adds to `bound` what programs bind for these tokens: `encoder.sideKeys`
 * and `encoder.sidePlaces`, a span of side keys and a place among them for each block, and the arrays of their kind.
 */
function besideGlobals(
  spans: Int32Array,
  blocks: Blocks,
  global: NonNullable<AttentionSettings['global']> & { kind: 'first' | 'blocks' },
  bound: BoundBlocks,
): CutSentences {
  return global.kind === 'first' ? besideFirst(spans, blocks, bound) : besideSums(spans, blocks, global.size, bound)
}

/**
 * The first token of a sentence is seen by all others beside their own blocks, in which it does not count. By itself it is a block that
 * sees nothing here. `encoder.firsts`: its row, −1 in an empty sentence; `encoder.firstSpans`: it is a sentence of one query;
 * `encoder.firstKeys`: it sees all keys; `encoder.ofFirst`: for each row the sentence whose first token it is, or −1.
 */
function besideFirst(spans: Int32Array, { reach, queries: size }: Blocks, { rows, arrays }: BoundBlocks): CutSentences {
  const cuts = new Cuts()
  const sideKeys: number[] = []
  const sentences = spans.length / 2
  const firsts = new Int32Array(sentences).fill(-1)
  const ofFirst = new Int32Array(spans.at(-1) ?? 0).fill(-1)
  for (let b = 0; b < sentences; b++) {
    const [begin, end] = [spans[2 * b], spans[2 * b + 1]]
    if (begin === end) continue
    firsts[b] = begin
    ofFirst[begin] = b
    cuts.add(begin, begin + 1, begin + 1, begin + 1)
    sideKeys.push(begin, begin)
    for (let first = begin + 1; first < end; first += size) {
      const last = Math.min(first + size, end)
      cuts.add(first, last, Math.max(begin + 1, first - reach + 1), Math.min(end, last + reach - 1))
      sideKeys.push(begin, begin + 1)
    }
  }
  const { cut } = cuts
  rows['B.firsts'] = sentences
  arrays['encoder.firsts'] = firsts
  arrays['encoder.firstSpans'] = Int32Array.from({ length: 2 * sentences }, (_, i) => Math.ceil(i / 2))
  arrays['encoder.firstKeys'] = spans
  arrays['encoder.ofFirst'] = ofFirst
  arrays['encoder.sideKeys'] = Int32Array.from(sideKeys)
  arrays['encoder.sidePlaces'] = new Int32Array(cut.count)
  return cut
}

/**
 * The sums of a sentence's blocks of `size` tokens are seen by all its tokens. Tokens after the last whole block belong to that block.
 * `encoder.summed`: for each sum the rows that it adds up, at most 2 · size − 1, −1 where there are fewer. `encoder.sumOf`: for each row
 * its sum, −1 in sentences without one.
 */
function besideSums(
  spans: Int32Array,
  { reach, queries }: Blocks,
  size: number,
  { rows, arrays }: BoundBlocks,
): CutSentences {
  const cuts = new Cuts()
  const [sideKeys, places, summed]: number[][] = [[], [], []]
  const sumOf = new Int32Array(spans.at(-1) ?? 0).fill(-1)
  let sums = 0
  for (let b = 0; b < spans.length; b += 2) {
    const [begin, end] = [spans[b], spans[b + 1]]
    const count = Math.floor((end - begin) / size)
    const whole = begin + count * size
    for (let first = begin, last: number; first < end; first = last) {
      last = Math.min(first + queries, first < whole ? whole : end)
      cuts.add(first, last, Math.max(begin, first - reach + 1), Math.min(end, last + reach - 1))
      sideKeys.push(sums, sums + count)
      places.push(Math.min(Math.floor((first - begin) / size), count - 1))
    }
    for (let block = 0; block < count; block++) {
      const first = begin + block * size
      const last = block + 1 < count ? first + size : end
      for (let i = 0; i < 2 * size - 1; i++) summed.push(first + i < last ? first + i : -1)
      sumOf.fill(sums + block, first, last)
    }
    sums += count
  }
  rows['G.sums'] = sums
  arrays['encoder.summed'] = Int32Array.from(summed)
  arrays['encoder.sumOf'] = sumOf
  arrays['encoder.sideKeys'] = Int32Array.from(sideKeys)
  arrays['encoder.sidePlaces'] = Int32Array.from(places)
  return cuts.cut
}

import type { ModelConfig } from '../config.ts'

// Local attention as spans of blocks (Image Transformer, Parmar et al. 2018, 3.2; LongT5, Guo et al. 2021, 3.2): the queries of a block
// meet the keys that any of them sees, and the bias by distance takes away those that are too far from a query.

type Side = 'encoder' | 'decoder'

/** Queries are taken in blocks of a multiple of this, as the kernels take them. */
const BLOCK_STEP = 32

/** How local attention of one stack is cut into blocks. */
export interface Blocks {
  /** A token sees the tokens fewer than so many away. */
  reach: number
  /** The queries of a block. */
  queries: number
  causal: boolean
  /** The most blocks that see one key. */
  readers: number
}

/** The blocks of a stack; null where its tokens see their whole sentence. */
export function blocksOf(config: ModelConfig, side: Side): Blocks | null {
  const reach = config[side].attention?.local
  if (reach === undefined) return null
  const causal = side === 'decoder'
  const queries = BLOCK_STEP * Math.ceil(reach / BLOCK_STEP)
  // Blocks begin at multiples of `queries`, and a key is seen by those that begin within the keys of a block.
  return { reach, queries, causal, readers: Math.ceil(keysOf({ reach, queries, causal }) / queries) }
}

/** The most keys of a block. */
const keysOf = ({ reach, queries, causal }: Pick<Blocks, 'reach' | 'queries' | 'causal'>) =>
  queries + (causal ? 1 : 2) * (reach - 1)

/** The arrays that programs bind for the blocks of sentences, and the rows of their symbols. */
export interface BoundBlocks {
  rows: Record<string, number>
  arrays: Record<string, Int32Array>
}

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
    const cut = cutIntoBlocks(spans, blocks)
    const { count, queries, keys, places } = cut
    bound.rows[`B.${side}`] = count
    Object.assign(bound.arrays, {
      [`${side}.blocks`]: queries,
      [`${side}.blockKeys`]: keys,
      [`${side}.blockPlaces`]: places,
    })
    if (!gathered) continue
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

interface CutSentences {
  count: number
  /** The spans of the queries and of the keys of each block, and the key at which its first query stands. */
  queries: Int32Array
  keys: Int32Array
  places: Int32Array
}

function cutIntoBlocks(spans: Int32Array, { reach, queries: size, causal }: Blocks): CutSentences {
  const [queries, keys, places]: number[][] = [[], [], []]
  for (let b = 0; b < spans.length; b += 2) {
    const [begin, end] = [spans[b], spans[b + 1]]
    for (let first = begin; first < end; first += size) {
      const last = Math.min(first + size, end)
      const firstKey = Math.max(begin, first - reach + 1)
      queries.push(first, last)
      keys.push(firstKey, causal ? last : Math.min(end, last + reach - 1))
      places.push(first - firstKey)
    }
  }
  return {
    count: places.length,
    queries: Int32Array.from(queries),
    keys: Int32Array.from(keys),
    places: Int32Array.from(places),
  }
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

/** What programs with local attention bind at every play: 0 for the distances that a token sees, −∞ for the first beyond, [2 reach + 1, heads]. */
export function reachTables(
  config: Readonly<Record<Side, { heads: number; attention?: { local: number } }>>,
): Record<string, Float32Array> {
  const tables: Record<string, Float32Array> = {}
  for (const side of ['encoder', 'decoder'] as const) {
    const { heads, attention } = config[side]
    if (!attention) continue
    const rows = 2 * attention.local + 1
    tables[`${side}.reach`] = new Float32Array(rows * heads)
      .fill(-Infinity, 0, heads)
      .fill(-Infinity, (rows - 1) * heads)
  }
  return tables
}

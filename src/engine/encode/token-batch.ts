import type { TensorArray } from '../backend/interface/backend.ts'
import { TAPS, type TextEncoderConfig } from '../model/text-encoder/index.ts'

/** A text, or a pair of texts, as ids with the special ones around them; `types` tells the segments of a pair apart (default 0). */
export interface TokenIds {
  ids: readonly number[]
  types?: readonly number[]
}

/** A ragged batch of texts: spans [B, 2] of their tokens, and what programs bind. */
export interface TokenBatch {
  spans: Int32Array
  rows: Record<string, number>
  arrays: Record<string, TensorArray>
}

/** Queries of near attention whose keys are read together. */
const NEAR_QUERIES = 64

/** Lays texts end to end; nothing is padded. `whole`: each text is one block of near attention, as traces show it. */
export function tokenBatch(texts: readonly TokenIds[], config: TextEncoderConfig, whole = false): TokenBatch {
  const S = texts.reduce((sum, { ids }) => sum + ids.length, 0)
  const [tokens, types, positions, places] = Array.from({ length: 4 }, () => new Int32Array(S))
  const spans = new Int32Array(2 * texts.length)
  let row = 0
  texts.forEach(({ ids, types: segments }, b) => {
    spans[2 * b] = row
    let real = 0
    for (let i = 0; i < ids.length; i++, row++) {
      tokens[row] = ids[i]
      types[row] = segments?.[i] ?? 0
      places[row] = i
      positions[row] = positionOf(ids[i], i, real, config)
      if (ids[i] !== config.padding) real++
    }
    spans[2 * b + 1] = row
  })
  const near = config.reach === null ? null : nearBlocks(spans, config.reach, whole)
  return {
    spans,
    rows: { S, B: texts.length, ...near?.rows },
    arrays: {
      tokens,
      spans,
      ...(config.tokenTypes && { types: withinTable(types, config.tokenTypes) }),
      ...(config.positionRows && { positions }),
      ...(config.rotary && { places }),
      ...(config.convolution && { taps: taps(spans, S) }),
      ...near?.arrays,
    },
  }
}

/**
 * The row of a token's position. Where the table has an offset, tokens are counted from it, and padding, which may be typed as text, has the
 * row before it (fairseq).
 */
function positionOf(id: number, place: number, real: number, { positionOffset, padding }: TextEncoderConfig): number {
  if (!positionOffset) return place
  return id === padding ? positionOffset - 1 : positionOffset + real
}

/** Segments that the model has no row for are its last (RoBERTa has one row). */
const withinTable = (types: Int32Array, rows: number) => types.map((type) => Math.min(type, rows - 1))

/** The rows of each token and its neighbours in its text, −1 beside the ends, [S, 3]. */
function taps(spans: Int32Array, S: number): Int32Array {
  const index = new Int32Array(TAPS * S).fill(-1)
  for (let b = 0; b < spans.length; b += 2)
    for (let row = spans[b]; row < spans[b + 1]; row++)
      for (let tap = 0; tap < TAPS; tap++) {
        const read = row + tap - 1
        if (read >= spans[b] && read < spans[b + 1]) index[TAPS * row + tap] = read
      }
  return index
}

/** Blocks of queries, and the keys that are near to one of them. */
function nearBlocks(spans: Int32Array, reach: number, whole: boolean) {
  const [queries, keys, at]: number[][] = [[], [], []]
  for (let b = 0; b < spans.length; b += 2) {
    const [begin, end] = [spans[b], spans[b + 1]]
    const step = whole ? Math.max(1, end - begin) : NEAR_QUERIES
    for (let first = begin; first < end; first += step) {
      const last = Math.min(end, first + step)
      const firstKey = whole ? begin : Math.max(begin, first - reach)
      queries.push(first, last)
      keys.push(firstKey, whole ? end : Math.min(end, last + reach))
      at.push(first - firstKey)
    }
  }
  return {
    rows: { 'B.near': at.length },
    arrays: {
      'near.queries': Int32Array.from(queries),
      'near.keys': Int32Array.from(keys),
      'near.at': Int32Array.from(at),
    },
  }
}

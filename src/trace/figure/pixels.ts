import { placeOf } from '../../engine/model/local/image-blocks.ts'
import type { Trace } from '../data/trace.ts'

/** An image of levels, one a token: the text of a decoder alone, or a source of rows of one number. */
export interface Pixels {
  side: 'source' | 'target'
  /** The token of the first pixel. */
  first: number
  rows: number
  columns: number
  /** From 0 to 1, in the order of the tokens. */
  levels: number[]
  /** The place of each of them in the image, row by row. */
  places: number[]
}

/** Fewer tokens are a text with some numbers, and not an image. */
const FEWEST = 16

/** The image of a trace; null where there is none. */
export const pixelsOf = (trace: Pick<Trace, 'model' | 'source' | 'target'>): Pixels | null =>
  trace.source.rows ? sourcePixels(trace.source.rows) : textPixels(trace)

/** The square that a source of rows of one number is. */
function sourcePixels({ first, width, values }: NonNullable<Trace['source']['rows']>): Pixels | null {
  const side = Math.sqrt(values.length)
  if (width > 1 || values.length < FEWEST || !Number.isInteger(side)) return null
  return { side: 'source', first, rows: side, columns: side, levels: levelsOf(values), places: values.map((_, i) => i) }
}

/** Numbers from 0 to 1: the greatest is 1, and the least below 0 is 0. */
export function levelsOf(numbers: readonly number[]): number[] {
  const least = Math.min(0, ...numbers)
  const range = Math.max(...numbers) - least || 1
  return numbers.map((number) => (number - least) / range)
}

/**
 * The image that the text of a decoder alone is; null where its tokens are not the numbers of a square. A model with attention in two dimensions says how
 * large its images are, and in which order they are written.
 */
function textPixels({ model, target }: Pick<Trace, 'model' | 'target'>): Pixels | null {
  const numbers = target.tokens.map((token) => (/^▁?\d+$/.test(token) ? Number(token.replace('▁', '')) : null))
  if (numbers.at(-1) === null) numbers.pop()
  const { image } = model.decoder
  const side = Math.sqrt(numbers.length)
  const [rows, columns] = image?.image ?? [side, side]
  const isImage = numbers.length >= FEWEST && (image ? numbers.length <= rows * columns : Number.isInteger(side))
  if (model.encoder.layers || !isImage || numbers.includes(null)) return null
  const places = numbers.map((_, token) => {
    if (!image) return token
    const [row, column] = placeOf(image, token)
    return row * columns + column
  })
  return { side: 'target', first: 0, rows, columns, levels: levelsOf(numbers as number[]), places }
}

import { placeOf } from '../../engine/model/local/image-blocks.ts'
import type { Trace } from '../trace/trace.ts'

/** The text of a trace as an image of levels, one a token. */
export interface Pixels {
  rows: number
  columns: number
  /** From 0 to 1, in the order of the text. */
  levels: number[]
  /** The place of each of them in the image, row by row. */
  places: number[]
}

/** Fewer tokens are a text with some numbers, and not an image. */
const FEWEST = 16

/**
 * The image that the text of a decoder alone is; null where its tokens are not the numbers of a square. A model with attention in two dimensions says how
 * large its images are, and in which order they are written.
 */
export function pixelsOf({ model, target }: Pick<Trace, 'model' | 'target'>): Pixels | null {
  const numbers = target.tokens.map((token) => (/^▁?\d+$/.test(token) ? Number(token.replace('▁', '')) : null))
  if (numbers.at(-1) === null) numbers.pop()
  const { image } = model.decoder
  const side = Math.sqrt(numbers.length)
  const [rows, columns] = image?.image ?? [side, side]
  const isImage = numbers.length >= FEWEST && (image ? numbers.length <= rows * columns : Number.isInteger(side))
  if (model.encoder.layers || !isImage || numbers.includes(null)) return null
  const most = Math.max(1, ...(numbers as number[]))
  const places = numbers.map((_, token) => {
    if (!image) return token
    const [row, column] = placeOf(image, token)
    return row * columns + column
  })
  return { rows, columns, levels: numbers.map((level) => level! / most), places }
}

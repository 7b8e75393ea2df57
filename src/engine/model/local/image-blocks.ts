import type { ImageSettings } from '../config/image-settings.ts'

// Local attention in two dimensions (Image Transformer, Parmar et al. 2018, 3.2.2). Tokens come in order of generation: the blocks of an image in
// raster order, and the tokens of a block in raster order. A token sees those of its block up to itself, and those of the flange: rows above the block
// that reach beyond its sides, and columns on its left. On the right there is nothing yet. Tokens after the image belong to a further one below it.

/** A block of tokens [first, last), and the tokens of its flange in order of generation. */
export interface ImageBlock {
  first: number
  last: number
  flange: readonly number[]
}

/** The blocks of a sentence of so many tokens, in order of generation. */
export function* imageBlocks(settings: ImageSettings, tokens: number): Generator<ImageBlock> {
  for (let first = 0, last: number; first < tokens; first = last) {
    const block = blockOf(settings, first)
    last = Math.min(block.last, tokens)
    yield { ...block, last }
  }
}

/** The block of a token, whole. */
export function blockOf({ image: [height, width], block, flange }: ImageSettings, token: number): ImageBlock {
  const above = Math.floor(token / (height * width)) * height
  const [row, column] = placeOf({ image: [height, width], block }, token)
  const top = above + floorTo(row - above, block[0])
  const left = floorTo(column, block[1])
  const [bottom, right] = [Math.min(top + block[0], above + height), Math.min(left + block[1], width)]
  const tokenAt = tokensOf({ image: [height, width], block })
  const seen: number[] = []
  for (let y = Math.max(0, top - flange[0]); y < bottom; y++) {
    const end = y < top ? Math.min(width, left + block[1] + flange[1]) : left
    for (let x = Math.max(0, left - flange[1]); x < end; x++) seen.push(tokenAt(y, x))
  }
  const first = tokenAt(top, left)
  return { first, last: first + (bottom - top) * (right - left), flange: seen.sort((a, b) => a - b) }
}

type Sizes = Pick<ImageSettings, 'image' | 'block'>

const floorTo = (value: number, step: number) => value - (value % step)

/** The row and column of a token; rows of a further image are below those of the one before it. */
export function placeOf({ image: [height, width], block }: Sizes, token: number): [row: number, column: number] {
  const images = Math.floor(token / (height * width))
  const own = token - images * height * width
  const top = floorTo(Math.floor(own / width), block[0])
  const tall = Math.min(block[0], height - top)
  const left = floorTo(Math.floor((own - top * width) / tall), block[1])
  const wide = Math.min(block[1], width - left)
  const inBlock = own - top * width - left * tall
  return [images * height + top + Math.floor(inBlock / wide), left + (inBlock % wide)]
}

/** The token at a row and a column. */
function tokensOf({ image: [height, width], block }: Sizes): (row: number, column: number) => number {
  return (row, column) => {
    const images = Math.floor(row / height)
    const own = row - images * height
    const [top, left] = [floorTo(own, block[0]), floorTo(column, block[1])]
    const tall = Math.min(block[0], height - top)
    const wide = Math.min(block[1], width - left)
    return (images * height + top) * width + left * tall + (own - top) * wide + column - left
  }
}

/** The most blocks that see one token. */
export function readersOf({ image: [height, width], block, flange }: ImageSettings): number {
  const across = Math.min(Math.ceil(width / block[1]), Math.ceil((block[1] + 2 * flange[1]) / block[1]))
  const below = Math.ceil(flange[0] / block[0]) + Math.ceil(flange[0] / height)
  return 1 + Math.ceil(flange[1] / block[1]) + below * across
}

/** The rows of traced weights of attention in images of so many tokens, by their symbol: the pairs of queries and keys of all blocks. */
export function imagePairs(settings: ImageSettings | undefined, lengths: readonly number[]): Record<string, number> {
  if (!settings) return {}
  let pairs = 0
  for (const tokens of lengths)
    for (const { first, last, flange } of imageBlocks(settings, tokens))
      pairs += (last - first) * (flange.length + last - first)
  return { 'P(decoder.blocks, decoder.copiedKeys)': pairs }
}

import type { Trace } from '../trace/trace.ts'

/** The text of a trace as an image: a square of levels, one a token. */
export interface Pixels {
  columns: number
  /** From 0 to 1. */
  levels: number[]
}

/** Fewer tokens are a text with some numbers, and not an image. */
const FEWEST = 16

/** The image that the text of a decoder alone is; null where its tokens are not the numbers of a square. */
export function pixelsOf({ model, target }: Pick<Trace, 'model' | 'target'>): Pixels | null {
  const numbers = target.tokens.map((token) => (/^▁?\d+$/.test(token) ? Number(token.replace('▁', '')) : null))
  if (numbers.at(-1) === null) numbers.pop()
  const columns = Math.sqrt(numbers.length)
  const isImage = model.encoder.layers === 0 && numbers.length >= FEWEST && Number.isInteger(columns)
  if (!isImage || numbers.includes(null)) return null
  const most = Math.max(1, ...(numbers as number[]))
  return { columns, levels: numbers.map((level) => level! / most) }
}

/**
 * The order of generation of square images in square blocks: its place i is pixel order[i] of the raster. Blocks come in raster order, and so do the
 * pixels of a block.
 */
export function orderOf(columns, block) {
  const starts = Array.from({ length: Math.ceil(columns / block) }, (_, i) => i * block)
  const within = (start) => Array.from({ length: Math.min(block, columns - start) }, (_, i) => start + i)
  return starts.flatMap((top) =>
    starts.flatMap((left) => within(top).flatMap((row) => within(left).map((column) => row * columns + column))),
  )
}

/** A line of pixels in raster order, in order of generation. */
export function inBlocks(line, columns, block) {
  const pixels = line.split(' ')
  return orderOf(columns, block)
    .map((pixel) => pixels[pixel])
    .join(' ')
}

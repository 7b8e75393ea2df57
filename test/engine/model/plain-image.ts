import type { ImageSettings } from '#dist/engine/model/config/image-settings.js'

/** Rows and columns of tokens in order of generation, further images below the first, written out cell by cell. */
function cells({ image: [height, width], block: [tall, wide] }: ImageSettings, tokens: number): [number, number][] {
  const found: [number, number][] = []
  for (let above = 0; found.length < tokens; above += height)
    for (let top = 0; top < height; top += tall)
      for (let left = 0; left < width; left += wide)
        for (let y = top; y < Math.min(height, top + tall); y++)
          for (let x = left; x < Math.min(width, left + wide); x++) found.push([above + y, x])
  return found.slice(0, tokens)
}

/** The tokens that each token of an image sees (Image Transformer, 3.2.2): its block up to itself, and the flange above and on both sides. */
export function seenInImage(settings: ImageSettings, tokens: number): number[][] {
  const { image, block, flange } = settings
  const order = cells(settings, tokens)
  return order.map(([row, column], i) => {
    const above = row - (row % image[0])
    const top = above + (row - above - ((row - above) % block[0]))
    const bottom = Math.min(above + image[0], top + block[0])
    const left = column - (column % block[1])
    return order.flatMap(([y, x], j) => {
      const isAbove = y >= top - flange[0] && y < top && x >= left - flange[1] && x < left + block[1] + flange[1]
      const isBeside = y >= top && y < bottom && x >= left - flange[1] && x < left
      const isOwn = y >= top && y < bottom && x >= left && x < left + block[1] && j <= i
      return isAbove || isBeside || isOwn ? [j] : []
    })
  })
}

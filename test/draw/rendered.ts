import { Resvg } from '@resvg/resvg-js'

/** The pixels of an SVG text, and what share of them is not of the color of its corner, the paper. */
export function rendered(svg: string): { width: number; height: number; inked: number } {
  const { width, height, pixels } = new Resvg(svg, { font: { loadSystemFonts: true } }).render()
  const colors = new Uint32Array(pixels.buffer, pixels.byteOffset, width * height)
  let inked = 0
  for (const color of colors) if (color !== colors[0]) inked++
  return { width, height, inked: inked / colors.length }
}

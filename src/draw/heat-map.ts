import { type SvgElement, svg } from './element.ts'
import { pngUri } from './png.ts'

/** A matrix to be shown by color. */
export interface Heat {
  rows: number
  columns: number
  /** Row by row. */
  values: ArrayLike<number>
  /** `weights`: from 0 to `most`, by opacity; `signed`: from −`most` to `most`, two colors that fade towards 0. */
  scale: 'weights' | 'signed'
  /** What has the full color: 1 for weights and the largest size among the values for signed ones, if nothing else is said. */
  most?: number
}

export interface HeatBox {
  x: number
  y: number
  width: number
  height: number
}

/** So many cells are an element each, with what `marks` says of them; of more, the matrix is one image. */
export const MOST_CELLS = 2500

/**
 * The cells of a matrix within a box. `marks` gives attributes of a cell, as 'data-token'. Colors of an image do for light and dark paper,
 * since it has no theme; a page that shows one allows images from data: URIs.
 */
export function heatMap(
  heat: Heat,
  { x, y, width, height }: HeatBox,
  marks: (row: number, column: number) => Record<string, string | number> = () => ({}),
): SvgElement {
  const { rows, columns, values } = heat
  const shade = shadeOf(heat)
  if (rows * columns > MOST_CELLS) return imageOf(heat, shade, { x, y, width, height })
  const [w, h] = [width / columns, height / rows]
  const gap = Math.min(w, h) > 6 ? 1 : 0
  const cells: SvgElement[] = []
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const strength = shade(values[row * columns + column])
      const color = Number.isNaN(strength) ? 'var(--line)' : strength < 0 ? 'var(--negative)' : 'var(--positive)'
      const box = { x: x + column * w, y: y + row * h, width: w - gap, height: h - gap }
      const opacity = Number.isNaN(strength) ? 1 : Math.abs(strength)
      cells.push(svg('rect', { ...box, fill: color, 'fill-opacity': opacity, ...marks(row, column) }))
    }
  return svg('g', { 'shape-rendering': 'crispEdges' }, ...cells)
}

/** From −1 to 1; NaN for what is no number. */
function shadeOf({ values, scale, most }: Heat): (value: number) => number {
  const full = most ?? (scale === 'weights' ? 1 : largest(values))
  const least = scale === 'weights' ? 0 : -1
  return (value) => (Number.isFinite(value) ? Math.max(least, Math.min(1, full > 0 ? value / full : 0)) : Number.NaN)
}

/** The largest size among finite values. */
function largest(values: ArrayLike<number>): number {
  let most = 0
  for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i])) most = Math.max(most, Math.abs(values[i]))
  return most
}

/** Colors that stand out on white and on black: 0 to 126 negative, the strongest first, 127 nothing, 128 to 254 positive, 255 no number. */
const shades = Array.from({ length: 256 }, (_, i) => {
  const opacity = Math.min(255, Math.round((Math.abs(i - 127) / 127) * 255))
  if (i === 255) return { rgb: [128, 128, 128], opacity: 120 }
  return { rgb: i < 127 ? [217, 87, 28] : [38, 124, 214], opacity }
})

function imageOf({ rows, columns, values }: Heat, shade: (value: number) => number, box: HeatBox): SvgElement {
  const pixels = Uint8Array.from({ length: rows * columns }, (_, i) => {
    const strength = shade(values[i])
    return Number.isNaN(strength) ? 255 : 127 + Math.round(127 * strength)
  })
  const href = pngUri(columns, rows, pixels, shades)
  return svg('image', { ...box, href, preserveAspectRatio: 'none', 'image-rendering': 'pixelated' })
}

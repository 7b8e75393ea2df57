import { shortNumber } from './axis.ts'
import { type SvgElement, svg } from './element.ts'
import { label } from './label.ts'
import { pngUri } from './png.ts'

/** A matrix shown by color. */
export interface Heat {
  rows: number
  columns: number
  /** The values, row by row. */
  values: ArrayLike<number>
  /** `weights`: from 0 to `most`, by opacity; `signed`: from −`most` to `most`, two colors that fade towards 0. */
  scale: 'weights' | 'signed'
  /** The value with full color: by default 1 for weights, and the largest magnitude for signed values. */
  most?: number
}

export interface HeatBox {
  x: number
  y: number
  width: number
  height: number
}

/**
 * The maximum number of cells drawn as separate elements, with the attributes from `marks`; a larger matrix is one
 * image.
 */
export const MOST_CELLS = 2500

export interface HeatMarks {
  /** Attributes of a cell, such as 'data-token'. */
  marks?: (row: number, column: number) => Record<string, string | number>
  /** Draws one image, even for few cells. */
  asImage?: boolean
}

/**
 * The cells of a matrix within a box. The colors of an image work on light and dark paper, because an image has no
 * theme; a page that shows one must allow images from data: URIs.
 */
export function heatMap(heat: Heat, box: HeatBox, { marks = () => ({}), asImage }: HeatMarks = {}): SvgElement {
  const { rows, columns, values } = heat
  const strength = strengthOf(heat)
  if (asImage || rows * columns > MOST_CELLS) return imageOf(heat, strength, box)
  const [w, h] = [box.width / columns, box.height / rows]
  const gap = Math.min(w, h) > 6 ? 1 : 0
  const cells: SvgElement[] = []
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const place = { x: box.x + column * w, y: box.y + row * h, width: w - gap, height: h - gap }
      cells.push(svg('rect', { ...place, ...fillOf(strength(values[row * columns + column])), ...marks(row, column) }))
    }
  return svg('g', { 'shape-rendering': 'crispEdges' }, ...cells)
}

const fillOf = (strength: number): Record<string, string | number> =>
  Number.isNaN(strength)
    ? { fill: 'var(--line)' }
    : { fill: strength < 0 ? 'var(--negative)' : 'var(--positive)', 'fill-opacity': Math.abs(strength) }

/** The legend of a heat map's colors, `width` pixels wide and 22 high. */
export function heatLegend(heat: Heat, x: number, y: number, width: number): SvgElement {
  const full = fullOf(heat)
  const least = heat.scale === 'weights' ? 0 : -1
  const steps = 20
  const cell = width / steps
  const cells = Array.from({ length: steps }, (_, i) =>
    svg('rect', { x: x + i * cell, y, width: cell, height: 8, ...fillOf(least + ((1 - least) * (i + 0.5)) / steps) }),
  )
  const size = { size: 10, color: 'var(--quiet)' } as const
  const number = (value: number) => shortNumber(Number(value.toPrecision(3))).replace('-', '−')
  return svg(
    'g',
    { 'shape-rendering': 'crispEdges' },
    ...cells,
    label(number(least * full), x, y + 16, size),
    ...(least < 0 ? [label('0', x + width / 2, y + 16, { ...size, anchor: 'middle' })] : []),
    label(number(full), x + width, y + 16, { ...size, anchor: 'end' }),
  )
}

/** The color strength of a value: from −1 to 1, and NaN for a value that is not a finite number. */
export function strengthOf(heat: Heat): (value: number) => number {
  const full = fullOf(heat)
  const least = heat.scale === 'weights' ? 0 : -1
  return (value) => (Number.isFinite(value) ? Math.max(least, Math.min(1, full > 0 ? value / full : 0)) : Number.NaN)
}

const fullOf = ({ values, scale, most }: Heat) => most ?? (scale === 'weights' ? 1 : largest(values))

/** The largest magnitude among finite values. */
function largest(values: ArrayLike<number>): number {
  let most = 0
  for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i])) most = Math.max(most, Math.abs(values[i]))
  return most
}

/**
 * Colors with contrast on white and on black: 0 to 126 negative, the strongest first, 127 none, 128 to 254 positive,
 * 255 not a number.
 */
const shades = Array.from({ length: 256 }, (_, i) => {
  const opacity = Math.min(255, Math.round((Math.abs(i - 127) / 127) * 255))
  if (i === 255) return { rgb: [128, 128, 128], opacity: 120 }
  return { rgb: i < 127 ? [217, 87, 28] : [38, 124, 214], opacity }
})

function imageOf({ rows, columns, values }: Heat, strength: (value: number) => number, box: HeatBox): SvgElement {
  const pixels = Uint8Array.from({ length: rows * columns }, (_, i) => {
    const part = strength(values[i])
    return Number.isNaN(part) ? 255 : 127 + Math.round(127 * part)
  })
  const href = pngUri(columns, rows, pixels, shades)
  return svg('image', { ...box, href, preserveAspectRatio: 'none', 'image-rendering': 'pixelated' })
}

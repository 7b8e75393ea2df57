import { joinedBytes } from '../../base/values/joined-arrays.ts'
import { shortNumber } from './axis.ts'
import { type SvgElement, svg } from './element.ts'
import { label } from './label.ts'

/**
 * Pixels as a PNG file in a data: URI (RFC 2083). `pixels` [height · width] are indices into `colors`, at most 256:
 * red, green, blue and opacity from 0 to 255. The data is not compressed, because these pictures are small.
 */
export function pngUri(
  width: number,
  height: number,
  pixels: Uint8Array,
  colors: readonly { rgb: readonly number[]; opacity: number }[],
): string {
  const header = [...bytesOf(width), ...bytesOf(height), 8, 3, 0, 0, 0] // 8 bits each, with a palette
  const rows = new Uint8Array(height * (width + 1)) // each line after a 0: no filter
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1)
  const file = [
    Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10),
    chunk('IHDR', Uint8Array.from(header)),
    chunk('PLTE', Uint8Array.from(colors.flatMap(({ rgb }) => rgb))),
    chunk(
      'tRNS',
      Uint8Array.from(colors, ({ opacity }) => opacity),
    ),
    chunk('IDAT', stored(rows)),
    chunk('IEND', new Uint8Array()),
  ]
  return `data:image/png;base64,${base64(joinedBytes(file))}`
}

/** Four bytes, big-endian. */
const bytesOf = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]

function chunk(name: string, data: Uint8Array): Uint8Array {
  const body = joinedBytes([Uint8Array.from(name, (letter) => letter.charCodeAt(0)), data])
  return joinedBytes([Uint8Array.from(bytesOf(data.length)), body, Uint8Array.from(bytesOf(crc32(body)))])
}

/** A zlib stream with stored blocks (RFC 1950 and 1951). */
function stored(data: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(0x78, 0x01)]
  for (let begin = 0; begin === 0 || begin < data.length; begin += 0xffff) {
    const block = data.subarray(begin, begin + 0xffff)
    const last = begin + 0xffff >= data.length ? 1 : 0
    const size = block.length
    parts.push(Uint8Array.of(last, size & 255, size >> 8, ~size & 255, (~size >> 8) & 255), block)
  }
  let [a, b] = [1, 0]
  for (const byte of data) {
    a = (a + byte) % 65521
    b = (b + a) % 65521
  }
  return joinedBytes([...parts, Uint8Array.from(bytesOf(((b << 16) | a) >>> 0))])
}

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1
  return value
})

function crc32(data: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of data) crc = table[(crc ^ byte) & 255] ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}

function base64(bytes: Uint8Array): string {
  let text = ''
  for (let begin = 0; begin < bytes.length; begin += 0x8000)
    text += String.fromCharCode(...bytes.subarray(begin, begin + 0x8000))
  return btoa(text)
}

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

import { type SvgElement, svg } from './element.ts'

/** As many shades are told apart, on either side of zero. */
const SHADES = 16

/** Where strips of cells lie: row r begins at (x, y(r)). */
export interface StripPlace {
  x: number
  y: (row: number) => number
  /** Of one strip, all its cells. */
  width: number
  height: number
  /** The size that has the full color; numbers beyond it have it too. */
  most: number
}

/**
 * Vectors as strips of colored cells, one for each row: positive numbers in one color, negative ones in another, the stronger the larger they
 * are. All cells of one shade are one path, so that thousands of them stay a small picture.
 */
export function strips(rows: readonly ArrayLike<number>[], { x, y, width, height, most }: StripPlace): SvgElement {
  const paths = new Map<number, string>()
  const ground: string[] = []
  for (const [r, row] of rows.entries()) {
    const cell = width / row.length
    const top = round(y(r))
    ground.push(`M${x} ${top}h${width}v${height}h${-width}z`)
    for (let i = 0; i < row.length; i++) {
      const shade = shadeOf(row[i], most)
      if (shade === 0) continue
      const left = round(x + i * cell)
      const right = round(x + (i + 1) * cell)
      paths.set(shade, `${paths.get(shade) ?? ''}M${left} ${top}H${right}v${height}H${left}z`)
    }
  }
  const shades = [...paths].sort(([a], [b]) => a - b)
  return svg(
    'g',
    { 'shape-rendering': 'crispEdges' },
    svg('path', { d: ground.join(''), fill: 'var(--soft)' }),
    ...shades.map(([shade, d]) =>
      svg('path', {
        d,
        fill: shade > 0 ? 'var(--positive)' : 'var(--negative)',
        'fill-opacity': Math.abs(shade) / SHADES,
      }),
    ),
  )
}

/** −16 to 16; 0 for what has no color, and for what is no number. */
function shadeOf(value: number, most: number): number {
  if (!(most > 0) || Number.isNaN(value)) return 0
  return Math.round(SHADES * Math.max(-1, Math.min(1, value / most)))
}

/** The largest size among the numbers of all rows. */
export function largest(rows: readonly ArrayLike<number>[]): number {
  let most = 0
  for (const row of rows) for (let i = 0; i < row.length; i++) if (Math.abs(row[i]) > most) most = Math.abs(row[i])
  return most
}

const round = (value: number) => Math.round(value * 100) / 100

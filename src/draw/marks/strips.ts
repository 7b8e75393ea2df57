import { type SvgElement, svg } from './element.ts'

/** The number of distinct shades on either side of zero. */
const SHADES = 16

/** The layout of strips of cells: row r begins at (x, y(r)). */
export interface StripPlace {
  x: number
  y: (row: number) => number
  /** Width of one strip with all its cells. */
  width: number
  height: number
  /** The magnitude with full color; larger numbers have the same color. */
  most: number
}

/**
 * Vectors as strips of colored cells, one strip for each row: positive and negative numbers in two colors, stronger for
 * larger magnitudes. All cells of one shade are one path, so that thousands of cells stay a small picture.
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

/** −16 to 16; 0 for values without a color and values that are not numbers. */
function shadeOf(value: number, most: number): number {
  if (!(most > 0) || Number.isNaN(value)) return 0
  return Math.round(SHADES * Math.max(-1, Math.min(1, value / most)))
}

/** The largest magnitude in all rows. */
export function largest(rows: readonly ArrayLike<number>[]): number {
  let most = 0
  for (const row of rows) for (let i = 0; i < row.length; i++) if (Math.abs(row[i]) > most) most = Math.abs(row[i])
  return most
}

const round = (value: number) => Math.round(value * 100) / 100

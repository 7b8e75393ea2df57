import { stepAxis } from './marks/axis.ts'
import { type Picture, type SvgElement, svg } from './marks/element.ts'
import { type Heat, heatLegend, heatMap } from './marks/heat-map.ts'
import { label } from './marks/label.ts'
import { panelOf } from './marks/panel.ts'

/** Encodings of positions 0, 1, 2, …, one per row. */
export interface PositionsDrawing {
  title: string
  rows: number
  /** The number of dimensions. */
  dimensions: number
  /** The encodings [rows, dimensions], row by row. */
  values: ArrayLike<number>
  /** Omits the curve of similarity by distance. */
  matrixOnly?: boolean
  /** Width of the picture in pixels; default 860. */
  width?: number
}

const LEFT = 64
const RIGHT = 36
const TOP = 40
/** Minimum size of cells with room for their value. */
const VALUE = { width: 44, height: 22 }

/**
 * Position encodings as a heat map, with values where there is room, and the similarity of two positions' encodings by
 * their distance. Cells carry `data-position` and `data-dimension`.
 */
export function positions(drawing: PositionsDrawing): Picture {
  const { title, rows, dimensions, values, matrixOnly, width = 860 } = drawing
  const room = width - LEFT - RIGHT
  const cell = { width: Math.min(72, room / dimensions), height: Math.max(2, Math.min(26, 420 / rows)) }
  const box = { x: LEFT, y: TOP, width: cell.width * dimensions, height: cell.height * rows }
  const heat: Heat = { rows, columns: dimensions, values, scale: 'signed' }
  const bottom = TOP + box.height
  const similarity = matrixOnly || rows < 2 ? [] : similarityPanel(drawing, bottom + 96, room - 24)
  const marks = (row: number, column: number) => ({ 'data-position': row, 'data-dimension': column })
  return {
    width: similarity.length ? width : Math.max(240, LEFT + box.width + RIGHT),
    height: bottom + (similarity.length ? 300 : 52),
    title,
    description: `Encodings of ${rows} positions (rows) in ${dimensions} dimensions (columns), colored by sign and size.`,
    content: [
      svg('rect', { ...box, fill: 'none', stroke: 'var(--line)' }),
      heatMap(heat, box, { marks }),
      ...axes(rows, dimensions, box),
      ...(cell.width >= VALUE.width && cell.height >= VALUE.height ? numbers(drawing, box) : []),
      heatLegend(heat, LEFT, bottom + 18, 120),
      ...similarity,
    ],
  }
}

interface Box {
  x: number
  y: number
  width: number
  height: number
}

function axes(rows: number, dimensions: number, { x, y, width, height }: Box): SvgElement[] {
  const quiet = { size: 11, color: 'var(--quiet)' } as const
  const across = stepAxis(dimensions - 1, width - width / dimensions, Math.min(10, dimensions))
  const down = stepAxis(rows - 1, height - height / rows, Math.min(10, rows))
  return [
    label('dimension', x + width / 2, 12, { ...quiet, anchor: 'middle' }),
    label('position', 14, y + height / 2, { ...quiet, anchor: 'middle', turned: -90 }),
    ...across.marks.map(({ value, text }) =>
      label(text, x + width / dimensions / 2 + across.at(value), y - 10, { ...quiet, anchor: 'middle' }),
    ),
    ...down.marks.map(({ value, text }) =>
      label(text, x - 8, y + height / rows / 2 + down.at(value), { ...quiet, anchor: 'end' }),
    ),
  ]
}

function numbers({ rows, dimensions, values }: PositionsDrawing, { x, y, width, height }: Box): SvgElement[] {
  const most = Math.max(...Array.from(values, Math.abs))
  return Array.from({ length: rows * dimensions }, (_, i) => {
    const [row, column] = [Math.floor(i / dimensions), i % dimensions]
    const at = [x + ((column + 0.5) * width) / dimensions, y + ((row + 0.5) * height) / rows] as const
    const color = Math.abs(values[i]) > 0.55 * most ? 'var(--paper)' : 'var(--ink)'
    return label(numberText(values[i]), ...at, { anchor: 'middle', size: 11, color })
  })
}

/** 0.8415 → '0.84', 0.0001 → '0.0001', 1 → '1'. */
const numberText = (value: number) => String(Number(value.toPrecision(2))).replace('-', '−')

/** The maximum number of products for a curve; with more pairs of positions, a sample is used. */
const MOST_PRODUCTS = 1e8

/** The mean cosine of the encodings of two positions, by their distance. */
export function similarityByDistance(values: ArrayLike<number>, rows: number, dimensions: number): number[] {
  const dot = (a: number, b: number) => {
    let sum = 0
    for (let i = 0; i < dimensions; i++) sum += values[a * dimensions + i] * values[b * dimensions + i]
    return sum
  }
  const lengths = Array.from({ length: rows }, (_, row) => Math.sqrt(dot(row, row)) || 1)
  const pairs = Math.max(1, Math.floor(MOST_PRODUCTS / (rows * dimensions)))
  return Array.from({ length: rows }, (_, distance) => {
    const step = Math.ceil((rows - distance) / pairs)
    let [sum, count] = [0, 0]
    for (let row = 0; row + distance < rows; row += step, count++)
      sum += dot(row, row + distance) / (lengths[row] * lengths[row + distance])
    return sum / count
  })
}

function similarityPanel({ values, rows, dimensions }: PositionsDrawing, top: number, width: number): SvgElement[] {
  const steps = stepAxis(rows - 1, width, 10)
  const points = similarityByDistance(values, rows, dimensions).map((value, step) => ({ step, value }))
  const panel = {
    title: 'Similarity (mean cosine) by distance',
    height: 140,
    curves: [{ name: '', color: 'var(--head0)' as const, points }],
    least: { low: 0, high: 1 },
  }
  const quiet = { anchor: 'middle', size: 11, color: 'var(--quiet)' } as const
  return [
    ...panelOf(panel, { left: LEFT, top, width, steps }),
    ...steps.marks.map(({ value, text }) => label(text, LEFT + steps.at(value), top + 154, quiet)),
    label('distance in positions', LEFT + width / 2, top + 172, quiet),
  ]
}

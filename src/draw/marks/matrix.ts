import { type Picture, type SvgElement, svg } from './element.ts'
import { heatLegend, heatMap, MOST_CELLS, strengthOf } from './heat-map.ts'
import { label } from './label.ts'
import type { Side } from './side.ts'
import { fitted, textWidth } from './text-width.ts'

/** A number for each row and column, both with names: for instance weights of queries and keys. */
export interface Matrix {
  title: string
  description: string
  rows: Side
  columns: Side
  /** [rows · columns], row by row. */
  values: ArrayLike<number>
  /** `weights` are from 0 to 1; `signed` numbers have two colors, and are −∞ where masked. */
  scale: 'weights' | 'signed'
  /** The number of decimals of signed values; default 1. */
  decimals?: number
  /** The titles above the columns and beside the rows. */
  captions: { columns: string; rows: string }
  /** Attributes of a cell. */
  marks: (row: number, column: number) => Record<string, string | number>
  /**
   * Approximate width of the picture in pixels; default 720. Cells have a minimum size, so that they stay visible.
   */
  width?: number
}

const LONGEST = 130
const LEAST_CELL = 8
const MOST_CELL = 44
/** Minimum size of a cell with room for its value. */
const VALUE_CELL = 30

/**
 * A matrix with names on two sides, which carry `data-token`: a deeper color for a larger number, with the value where
 * there is room. Above a limit, the cells are one image without marks.
 */
export function matrix(drawing: Matrix): Picture {
  const { title, description, values, scale, marks, width = 720 } = drawing
  const [rows, columns] = [drawing.rows.tokens.length, drawing.columns.tokens.length]
  const roughly = (width - LONGEST - 40) / Math.max(rows, columns, 1)
  const cell = Math.max(LEAST_CELL, Math.min(MOST_CELL, Math.floor(roughly)))
  const size = Math.min(13, Math.max(8, 0.7 * cell))
  const longest = (side: Side) => Math.min(LONGEST, Math.max(30, ...side.tokens.map((token) => textWidth(token, size))))
  const flat = drawing.columns.tokens.every((token) => textWidth(token, size) <= cell - 4)
  const left = 28 + longest(drawing.rows) + 8
  const top = 26 + (flat ? size + 8 : 0.72 * longest(drawing.columns) + 14)
  const box = { x: left, y: top, width: columns * cell, height: rows * cell }
  const heat = { rows, columns, values, scale }
  const content = [
    ...captionsOf(drawing, box),
    ...drawing.rows.tokens.map((token, i) =>
      marked(
        label(fitted(token, LONGEST, size), left - 8, top + (i + 0.5) * cell, { anchor: 'end', size }),
        drawing.rows,
        i,
      ),
    ),
    ...drawing.columns.tokens.map((token, i) => {
      const x = left + (i + 0.5) * cell
      const text = fitted(token, LONGEST, size)
      const placed = flat
        ? label(text, x, top - size / 2 - 4, { anchor: 'middle', size })
        : label(text, x, top - 8, { size, turned: -45 })
      return marked(placed, drawing.columns, i)
    }),
    svg('rect', { ...box, fill: 'none', stroke: 'var(--line)' }),
    heatMap(heat, box, { marks }),
    ...(cell >= VALUE_CELL && rows * columns <= MOST_CELLS ? valuesOf(drawing, box, cell) : []),
    heatLegend(heat, left, top + rows * cell + 16, 120),
  ]
  const overhang = flat
    ? 0
    : 0.72 * textWidth(fitted(drawing.columns.tokens.at(-1) ?? '', LONGEST, size), size) - cell / 2
  return {
    width: left + Math.max(columns * cell + Math.max(16, overhang + 8), 160),
    height: top + rows * cell + 48,
    title,
    description,
    content,
  }
}

const marked = (text: SvgElement, side: Side, i: number): SvgElement => ({
  ...text,
  attributes: { ...text.attributes, 'data-token': side.marks[i] },
  children: [...text.children, svg('title', {}, side.tokens[i])],
})

interface Box {
  x: number
  y: number
  width: number
  height: number
}

function captionsOf({ captions }: Matrix, { x, y, height }: Box): SvgElement[] {
  const quiet = { size: 11, color: 'var(--quiet)' } as const
  return [
    label(`${captions.columns} →`, x, 14, quiet),
    label(captions.rows, 14, y + height / 2, { ...quiet, anchor: 'middle', turned: -90 }),
  ]
}

/** The value of each cell, in the paper's color on deep cells. */
function valuesOf({ values, scale, decimals = 1, ...drawing }: Matrix, { x, y }: Box, cell: number): SvgElement[] {
  const [rows, columns] = [drawing.rows.tokens.length, drawing.columns.tokens.length]
  const strength = strengthOf({ rows, columns, values, scale })
  const texts: SvgElement[] = []
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const value = values[row * columns + column]
      const deep = Math.abs(strength(value)) > 0.55
      const color = deep ? 'var(--paper)' : 'var(--ink)'
      const at = [x + (column + 0.5) * cell - 0.5, y + (row + 0.5) * cell - 0.5] as const
      const text = cellText(value, scale, decimals)
      if (text) texts.push(label(text, ...at, { anchor: 'middle', size: 11, color }))
    }
  return [svg('g', { 'pointer-events': 'none' }, ...texts)]
}

/** 0.434 → '.43', 1 → '1', almost 0 → '', −12.34 → '−12.3', −∞ → '−∞'. */
function cellText(value: number, scale: Matrix['scale'], decimals: number): string {
  if (value === Number.NEGATIVE_INFINITY) return '−∞'
  if (!Number.isFinite(value)) return ''
  if (scale === 'signed')
    return value
      .toFixed(decimals)
      .replace(/^-(0\.0*)$/, '$1')
      .replace('-', '−')
  return value < 0.005 ? '' : value.toFixed(2).replace(/^0/, '').replace('1.00', '1')
}

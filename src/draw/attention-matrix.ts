import { type Picture, type SvgElement, svg } from './element.ts'
import { heatLegend, heatMap, MOST_CELLS, strengthOf } from './heat-map.ts'
import { label } from './label.ts'
import type { Side } from './side.ts'
import { fitted, textWidth } from './text-width.ts'

/** One number for each query and key: weights, or scores before softmax. */
export interface AttentionMatrix {
  title: string
  queries: Side
  keys: Side
  /** [queries · keys], row by row. */
  values: ArrayLike<number>
  /** Weights are from 0 to 1; scores have a sign, and are −∞ where they are masked. */
  scale: 'weights' | 'signed'
  /** Of the picture about, in pixels; 720 if left out. It may be less, and is more where cells would be too small to be seen. */
  width?: number
}

const LONGEST = 130
const LEAST_CELL = 8
const MOST_CELL = 44
/** Cells of this size have room for their value. */
const VALUE_CELL = 30

/**
 * The matrix view: a row for each query, a column for each key, the deeper the color the more weight; values where there is room.
 * Labels carry `data-token`, cells `data-query` and `data-key` (where they are too many, the matrix is one image).
 */
export function attentionMatrix(matrix: AttentionMatrix): Picture {
  const { title, queries, keys, values, scale, width = 720 } = matrix
  const [rows, columns] = [queries.tokens.length, keys.tokens.length]
  const roughly = (width - LONGEST - 40) / Math.max(rows, columns, 1)
  const cell = Math.max(LEAST_CELL, Math.min(MOST_CELL, Math.floor(roughly)))
  const size = Math.min(13, Math.max(8, 0.7 * cell))
  const longest = (side: Side) => Math.min(LONGEST, Math.max(30, ...side.tokens.map((token) => textWidth(token, size))))
  const flat = keys.tokens.every((token) => textWidth(token, size) <= cell - 4)
  const left = 28 + longest(queries) + 8
  const top = 26 + (flat ? size + 8 : 0.72 * longest(keys) + 14)
  const box = { x: left, y: top, width: columns * cell, height: rows * cell }
  const mark = (row: number, column: number) => ({
    'data-query': queries.marks[row],
    'data-key': keys.marks[column],
  })
  const heat = { rows, columns, values, scale }
  const content = [
    ...captionsOf(matrix, box),
    ...queries.tokens.map((token, i) =>
      marked(
        label(fitted(token, LONGEST, size), left - 8, top + (i + 0.5) * cell, { anchor: 'end', size }),
        queries,
        i,
      ),
    ),
    ...keys.tokens.map((token, i) => {
      const x = left + (i + 0.5) * cell
      const text = fitted(token, LONGEST, size)
      const placed = flat
        ? label(text, x, top - size / 2 - 4, { anchor: 'middle', size })
        : label(text, x, top - 8, { size, turned: -45 })
      return marked(placed, keys, i)
    }),
    svg('rect', { ...box, fill: 'none', stroke: 'var(--line)' }),
    heatMap(heat, box, { marks: mark }),
    ...(cell >= VALUE_CELL && rows * columns <= MOST_CELLS ? valuesOf(matrix, box, cell) : []),
    heatLegend(heat, left, top + rows * cell + 16, 120),
  ]
  const overhang = flat ? 0 : 0.72 * textWidth(fitted(keys.tokens.at(-1) ?? '', LONGEST, size), size) - cell / 2
  return {
    width: left + Math.max(columns * cell + Math.max(16, overhang + 8), 160),
    height: top + rows * cell + 48,
    title,
    description: `A row for each of ${rows} queries (${queries.name}: ${queries.tokens.join(' ')}), a column for each of ${columns} keys (${keys.name}: ${keys.tokens.join(' ')}). ${strongest(matrix)}`,
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

function captionsOf({ queries, keys }: AttentionMatrix, { x, y, height }: Box): SvgElement[] {
  const quiet = { size: 11, color: 'var(--quiet)' } as const
  return [
    label(`looks at ${keys.name} →`, x, 14, quiet),
    label(queries.name, 14, y + height / 2, { ...quiet, anchor: 'middle', turned: -90 }),
  ]
}

/** The value of each cell, in paper's color where the cell's is deep. */
function valuesOf({ values, scale, ...matrix }: AttentionMatrix, { x, y }: Box, cell: number): SvgElement[] {
  const [rows, columns] = [matrix.queries.tokens.length, matrix.keys.tokens.length]
  const strength = strengthOf({ rows, columns, values, scale })
  const texts: SvgElement[] = []
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const value = values[row * columns + column]
      const deep = Math.abs(strength(value)) > 0.55
      const color = deep ? 'var(--paper)' : 'var(--ink)'
      const at = [x + (column + 0.5) * cell - 0.5, y + (row + 0.5) * cell - 0.5] as const
      const text = cellText(value, scale)
      if (text) texts.push(label(text, ...at, { anchor: 'middle', size: 11, color }))
    }
  return [svg('g', { 'pointer-events': 'none' }, ...texts)]
}

/** 0.434 → '.43', 1 → '1', nearly nothing → '', −12.34 → '−12.3', −∞ → '−∞'. */
function cellText(value: number, scale: AttentionMatrix['scale']): string {
  if (value === Number.NEGATIVE_INFINITY) return '−∞'
  if (!Number.isFinite(value)) return ''
  if (scale === 'signed') return value.toFixed(1).replace('-', '−')
  return value < 0.005 ? '' : value.toFixed(2).replace(/^0/, '').replace('1.00', '1')
}

/** In words, for the description. */
function strongest({ queries, keys, values, scale }: AttentionMatrix): string {
  if (scale !== 'weights' || queries.tokens.length > 40) return ''
  const width = keys.tokens.length
  return queries.tokens
    .map((token, row) => {
      let best = 0
      for (let key = 1; key < width; key++) if (values[row * width + key] > values[row * width + best]) best = key
      return `${token}: most at ${keys.tokens[best]}, ${Number(values[row * width + best]).toFixed(2)}`
    })
    .join('; ')
}

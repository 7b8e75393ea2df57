import { type Picture, type SvgElement, svg } from './marks/element.ts'
import { heatMap } from './marks/heat-map.ts'
import { label } from './marks/label.ts'
import { type NumbersPlace, numberMarks } from './marks/numbers.ts'
import { textWidth } from './marks/text-width.ts'

/** A matrix in an equation. */
export interface MatrixTerm {
  name: string
  rows: number
  columns: number
  /** [rows · columns], row by row. */
  values: ArrayLike<number>
  /** Whether it is a weight, which no sentence changes. */
  isLearned?: boolean
  /** `weights` are from 0 to 1; default: signed numbers, whose masked ones are not finite. */
  scale?: 'weights' | 'signed'
  /** Where its numbers lie in the trace, so that they can be followed. */
  place?: Omit<NumbersPlace, 'rows' | 'columns'>
}

/** What stands in an equation: matrices, and the signs between them. */
export type Term = MatrixTerm | string

const ROW = 14
const LEAST = 34
const MOST = 150
const GAP = 10
const NAME = 18
const SHAPE = 16

/** The width of a matrix: of few columns by their number, of many by its logarithm. */
const widthOf = ({ columns }: MatrixTerm) =>
  Math.max(LEAST, Math.min(MOST, columns <= 12 ? columns * ROW : 19 * Math.log2(columns)))

/** The height of a matrix: as high as wide ones of their number of rows, where these are no tokens. */
const heightOf = (term: MatrixTerm) =>
  term.isLearned ? widthOf({ ...term, columns: term.rows }) : Math.max(LEAST, Math.min(MOST, term.rows * ROW))

/**
 * An equation of matrices, X × W = Q: each a heat map under its name, with its shape below. It goes on in the next line where it is wider than
 * `width`.
 */
export function equation(title: string, terms: readonly Term[], width: number): Picture {
  const sizes = terms.map((term) => (typeof term === 'string' ? textWidth(term, 20) + 2 : blockWidth(term)))
  const lines: { from: number; to: number }[] = []
  let used = 0
  sizes.forEach((size, i) => {
    const line = lines.at(-1)
    if (line && used + GAP + size <= width) {
      line.to = i + 1
      used += GAP + size
    } else {
      lines.push({ from: i, to: i + 1 })
      used = size
    }
  })
  const content: SvgElement[] = []
  let [y, widest] = [0, 0]
  for (const { from, to } of lines) {
    const matrices = terms.slice(from, to).filter((term) => typeof term !== 'string')
    const height = Math.max(LEAST, ...matrices.map(heightOf))
    let x = 4
    for (let i = from; i < to; i++) {
      content.push(...drawn(terms[i], { x, y: y + NAME, width: sizes[i], height }))
      x += sizes[i] + GAP
    }
    widest = Math.max(widest, x)
    y += NAME + height + SHAPE + 12
  }
  return {
    width: widest,
    height: y,
    title,
    description: terms.map((term) => (typeof term === 'string' ? term : `${term.name} ${shapeText(term)}`)).join(' '),
    content,
  }
}

const blockWidth = (term: MatrixTerm) =>
  Math.max(widthOf(term), textWidth(term.name, 13), textWidth(shapeText(term), 10)) + 2

const shapeText = ({ rows, columns, isLearned }: MatrixTerm) => `[${rows} × ${columns}]${isLearned ? ' learned' : ''}`

function drawn(term: Term, box: { x: number; y: number; width: number; height: number }): SvgElement[] {
  const middle = box.y + box.height / 2
  if (typeof term === 'string') return [label(term, box.x + box.width / 2, middle, { anchor: 'middle', size: 20 })]
  const [width, height] = [widthOf(term), heightOf(term)]
  const place = { x: box.x + (box.width - width) / 2, y: middle - height / 2, width, height }
  const center = box.x + box.width / 2
  const { rows, columns, values, scale = 'signed', place: numbers } = term
  return [
    label(term.name, center, place.y - 9, { anchor: 'middle', size: 13 }),
    heatMap({ rows, columns, values, scale }, place, { asImage: numbers !== undefined || rows * columns > 400 }),
    svg('rect', {
      ...place,
      fill: 'none',
      stroke: 'var(--line)',
      ...(numbers && { ...numberMarks({ ...numbers, rows, columns }), 'pointer-events': 'all' }),
    }),
    label(shapeText(term), center, place.y + height + 9, { anchor: 'middle', size: 10, color: 'var(--quiet)' }),
  ]
}

import { type AttentionSteps, attentionSteps, type ScoreOptions } from './attention-steps.ts'
import { type Picture, type SvgElement, svg } from './marks/element.ts'
import { label } from './marks/label.ts'
import { type NumbersPlace, numberMarks, numberName } from './marks/numbers.ts'
import { largest, type StripPlace, strips } from './marks/strips.ts'
import { fitted } from './marks/text-width.ts'

/** A token in a picture, with the name that links it to other marks: 'source:3'. */
export interface MarkedToken {
  token: string
  mark: string
}

export interface NeuronDrawing extends ScoreOptions {
  query: MarkedToken
  /** A row for each key. */
  keys: readonly MarkedToken[]
  /** [dHead]. */
  q: ArrayLike<number>
  /** [keys, dHead] each. */
  k: readonly ArrayLike<number>[]
  v: readonly ArrayLike<number>[]
  /** Whether `k` and `v` already include the relative position vectors. */
  isRelative?: boolean
  /** The name of the attention: 'encoder layer 1, head 2'. */
  where: string
  /** Width of a vector's strip in pixels; default 160. */
  strip?: number
  /** The attention in the trace, so that numbers can be followed: its path, the head and the row of the query. */
  place?: { path: string; head: number; row: number }
}

const ROW = 22
const HEIGHT = 14
const GAP = 14
/** The minimum width of cells with room for their number. */
const NUMBERED = 30
const BAR = 60
/** Below this width of a strip there is no room for the scales of colors, nor for long names. */
const NARROW = 60

/** The beginning of each column (for numbers: the end), the width of a strip, and the width of the whole. */
type Columns = ReturnType<typeof columnsOf>

function columnsOf(strip: number) {
  const isNarrow = strip < NARROW
  const key = 8
  const name = isNarrow ? 62 : 108
  const bar = isNarrow ? 24 : BAR
  const k = key + name + 8
  const products = k + strip + GAP
  const score = products + strip + 58
  const scaled = score + 58
  const weight = scaled + 2 * GAP
  const v = weight + bar + 48 + GAP
  const weighted = v + strip + GAP
  return { strip, name, bar, key, k, products, score, scaled, weight, v, weighted, end: weighted + strip + 8 }
}

const QUERY = 30
const HEADINGS = 82
const ROWS = 96

/**
 * One query of one attention head, in the six steps of The Illustrated Transformer: q, k and v; q · k; division by
 * √dHead; softmax; each value times its weight; their sum z. All steps are computed here from q, k and v.
 */
export function neuron(drawing: NeuronDrawing): Picture {
  const { query, keys, q, k, v, visible: [begin, end] = [0, keys.length], where, strip: width = 160 } = drawing
  const columns = columnsOf(width)
  const steps = attentionSteps(q, k, v, drawing)
  const y = (row: number) => ROWS + row * ROW + (ROW - HEIGHT) / 2
  const below = ROWS + keys.length * ROW
  const strip = (x: number, rows: readonly ArrayLike<number>[], most = largest(rows), at = y) =>
    numbered(rows, { x, y: at, width, height: HEIGHT, most })
  const zMost = largest([...steps.weighted, steps.z])
  const best = steps.weights.indexOf(Math.max(...steps.weights))
  return {
    width: columns.end,
    height: below + 44,
    title: `${where}: the query of ${query.token}`,
    description: `Attention of ${query.token} over ${keys.length} keys: q, k, q × k, q · k, divided by √${q.length}, softmax, v, weight × v and their sum z. The highest weight, ${figure(steps.weights[best])}, has ${keys[best].token}.`,
    content: [
      queryRow(query, q, columns),
      ...headings(drawing, columns),
      ...(width < NARROW
        ? []
        : [
            scaleOf(columns.k + width, largest(k)),
            scaleOf(columns.products + width, largest(steps.products)),
            scaleOf(columns.v + width, largest(v)),
          ]),
      ...(width < 120 ? [] : [scaleOf(columns.weighted + width, zMost)]),
      ...keys.map((key, row) => keyRow(key, row, row >= begin && row < end, { steps, columns, drawing })),
      strip(columns.k, k),
      strip(columns.products, steps.products),
      strip(columns.v, v),
      strip(columns.weighted, steps.weighted, zMost),
      ...followed(drawing, columns, y, below + 16),
      svg('path', { d: `M${columns.key} ${below + 6}H${columns.end - 8}`, stroke: 'var(--line)' }),
      ...(width < NARROW
        ? []
        : [label('1.000', columns.weight + columns.bar + 4, below + 23, { size: 12, color: 'var(--quiet)' })]),
      label('6 z, their sum', columns.weighted - GAP, below + 23, { anchor: 'end' }),
      strip(columns.weighted, [steps.z], zMost, () => below + 16),
    ],
  }
}

/** Grounds above the strips, whose cells are numbers of the trace. */
function followed(
  { place, q, keys }: NeuronDrawing,
  columns: Columns,
  y: (row: number) => number,
  sumAt: number,
): SvgElement[] {
  if (!place) return []
  const { path, head, row } = place
  const ground = (x: number, top: number, of: Pick<NumbersPlace, 'tensor' | 'row'>) =>
    svg('rect', {
      x,
      y: top,
      width: columns.strip,
      height: HEIGHT,
      fill: 'none',
      'pointer-events': 'all',
      ...numberMarks({ ...of, rows: 1, columns: q.length, column: head * q.length }),
    })
  return [
    ground(columns.k, QUERY, { tensor: `${path}.query`, row }),
    ...keys.flatMap((_, key) => [
      ground(columns.k, y(key), { tensor: `${path}.key`, row: key }),
      ground(columns.v, y(key), { tensor: `${path}.value`, row: key }),
    ]),
    ground(columns.weighted, sumAt, { tensor: `${path}.heads`, row }),
  ]
}

function queryRow({ token, mark }: MarkedToken, q: ArrayLike<number>, columns: Columns): SvgElement {
  const middle = QUERY + HEIGHT / 2
  return svg(
    'g',
    { 'data-token': mark },
    label('query', columns.key, QUERY - 14, { size: 12, color: 'var(--quiet)' }),
    label(fitted(token, columns.name, 14), columns.key, middle, { size: 14, bold: true }),
    label('1 q', columns.k, QUERY - 14, { size: 12, color: 'var(--quiet)' }),
    numbered([q], { x: columns.k, y: () => QUERY, width: columns.strip, height: HEIGHT, most: largest([q]) }),
    ...(columns.strip < NARROW
      ? []
      : [
          label(`±${figure(largest([q]))}`, columns.k + columns.strip, QUERY - 14, {
            anchor: 'end',
            size: 10,
            color: 'var(--quiet)',
          }),
        ]),
    // q is a factor of every product below.
    svg('path', {
      d: `M${columns.k + columns.strip + 4} ${middle}H${columns.products + columns.strip / 2}V${HEADINGS - 10}`,
      stroke: 'var(--quiet)',
      fill: 'none',
      'stroke-dasharray': '3 3',
    }),
  )
}

function headings({ q, scale, added, isRelative }: NeuronDrawing, columns: Columns): SvgElement[] {
  const distance = isRelative ? ' + distance' : ''
  const at = (x: number, text: string, anchor: 'start' | 'end' = 'start') =>
    label(text, x, HEADINGS, { anchor, size: 12, color: 'var(--quiet)' })
  return [
    at(columns.key, 'key'),
    at(columns.k, `1 k${distance}`),
    at(columns.products, columns.strip < NARROW ? '2 ×' : '2 q × k'),
    at(columns.score, added ? '2 q · k + b' : '2 q · k', 'end'),
    at(columns.scaled, scale === 1 ? '3 × 1' : `3 ÷ √${q.length}`, 'end'),
    at(columns.weight, '4 softmax'),
    at(columns.v, `1 v${distance}`),
    at(columns.weighted, columns.strip < NARROW ? '5 × v' : '5 softmax × v'),
  ]
}

/** The value of a column's full color, at its right end. */
const scaleOf = (x: number, most: number) =>
  label(`±${figure(most)}`, x, HEADINGS, { anchor: 'end', size: 10, color: 'var(--quiet)' })

interface RowParts {
  steps: AttentionSteps
  columns: Columns
  drawing: NeuronDrawing
}

function keyRow(
  { token, mark }: MarkedToken,
  row: number,
  isVisible: boolean,
  { steps: { scores, scaled, weights }, columns, drawing }: RowParts,
): SvgElement {
  const top = ROWS + row * ROW
  const middle = top + ROW / 2
  const { place } = drawing
  const marked = (text: SvgElement, tensor: string): SvgElement =>
    place
      ? svg('g', { 'data-number': numberName(`${place.path}.${tensor}`, [place.head, place.row, row]) }, text)
      : text
  const number = (x: number, value: number, tensor: string) =>
    marked(label(figure(value), x, middle, { anchor: 'end', size: 12 }), tensor)
  return svg(
    'g',
    { 'data-token': mark, 'data-row': row, ...(!isVisible && { opacity: 0.5 }) },
    svg('rect', {
      class: 'ground',
      x: 0,
      y: top,
      width: columns.end,
      height: ROW,
      fill: 'none',
      'pointer-events': 'all',
    }),
    label(fitted(token, columns.name, 14), columns.key, middle, { size: 14 }),
    number(columns.score, scores[row], 'scores'),
    number(columns.scaled, scaled[row], 'maskedScores'),
    svg('rect', {
      x: columns.weight,
      y: middle - HEIGHT / 2,
      width: columns.bar * weights[row],
      height: HEIGHT,
      fill: 'var(--head0)',
    }),
    marked(label(weights[row].toFixed(3), columns.weight + columns.bar + 4, middle, { size: 12 }), 'weights'),
  )
}

/** Strips with a fainter color and the number of each cell, where there is room. */
function numbered(rows: readonly ArrayLike<number>[], place: StripPlace): SvgElement {
  const width = place.width / rows[0].length
  if (width < NUMBERED) return strips(rows, place)
  const figures = rows.flatMap((row, r) =>
    Array.from(row, (value, i) =>
      label(figure(value), place.x + (i + 0.5) * width, place.y(r) + place.height / 2, { anchor: 'middle', size: 10 }),
    ),
  )
  return svg('g', {}, strips(rows, { ...place, most: 2 * place.most }), ...figures)
}

/** −12.345 → '−12.35'; masked keys have −∞. */
function figure(value: number): string {
  if (value === -Infinity) return '−∞'
  const size = Math.abs(value)
  return value.toFixed(size >= 1000 ? 0 : size >= 100 ? 1 : 2).replace('-', '−')
}

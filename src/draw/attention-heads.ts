import { counted } from '../base/values/number-text.ts'
import { type Picture, type SvgElement, svg } from './marks/element.ts'
import { label, rounded } from './marks/label.ts'
import { headColor } from './marks/palette.ts'
import type { Side } from './marks/side.ts'
import { fitted, textWidth } from './marks/text-width.ts'

/** Attention weights of the heads of one layer. */
export interface AttentionHeads {
  title: string
  queries: Side
  keys: Side
  /** For each head, [queries · keys], row by row. */
  weights: readonly ArrayLike<number>[]
  /** The heads to draw, each in its own color; by default all. */
  heads?: readonly number[]
  /** The only query whose lines are drawn, with a cell of each head beside each key. */
  query?: number
  /** Width of the picture in pixels; default 640. */
  width?: number
  /** There is one matrix of weights, the mean of heads: it has the color of text, and no name. */
  isMean?: boolean
  /** Whether the names of the heads are above; default true. */
  isNamed?: boolean
}

/**
 * Lines below this weight are invisible and not drawn; above the maximum number, only the strongest lines are drawn.
 */
const LEAST = 0.01
const MOST_LINES = 5000
const HEAD = 56
const CELL = 9
/** The distance of lines between the same tokens, smaller where the bundle of all heads would leave its row. */
const APART = 4
const BUNDLE = 0.75

interface Line {
  head: number
  query: number
  key: number
  weight: number
}

/**
 * The head view: queries on the left, keys on the right, and a line in the color of its head from each query to each
 * key, the more opaque the more weight. Lines between the same two tokens are side by side, in the order of the heads.
 * Labels carry `data-token`; lines `data-head`, `data-query` and `data-key`; names of heads `data-head`.
 */
export function attentionHeads(view: AttentionHeads): Picture {
  const { title, queries, keys, weights, query, width = 640 } = view
  const heads = view.heads ?? weights.map((_, head) => head)
  const rows = Math.max(queries.tokens.length, keys.tokens.length, 1)
  const row = Math.max(12, Math.min(24, 1100 / rows))
  const size = Math.min(13, 0.72 * row)
  const widest = 0.3 * width
  const column = ({ tokens, name }: Side) =>
    Math.min(widest, Math.max(textWidth(`${name} looks …`, 11), ...tokens.map((token) => textWidth(token, size))))
  const cells = query === undefined ? 0 : heads.length * CELL + 6
  const left = 16 + column(queries)
  const right = width - 16 - column(keys)
  const y = (i: number) => HEAD + (i + 0.5) * row
  const from = left + 8
  const to = right - 8 - cells
  const gap = Math.min(APART, (BUNDLE * row) / Math.max(1, heads.length - 1))
  const offset = (head: number) => gap * (heads.indexOf(head) - (heads.length - 1) / 2)
  const thickness = Math.min(2.5, row / 9, heads.length > 1 ? 0.9 * gap : Infinity)
  const lines = linesOf(view, heads).map((line) => {
    const [y1, y2] = [line.query, line.key].map((i) => y(i) + offset(line.head))
    return lineOf(line, view, [from, y1, to, y2], thickness)
  })
  const tokens = (side: Side, x: number, anchor: 'start' | 'end') =>
    side.tokens.map((token, i) => tokenLabel(token, side.marks[i], x, y(i), { anchor, size, widest }))
  const content = [
    ...captions(view, left, right),
    ...(query === undefined ? [] : [chosen(8, y(query) - row / 2, left - 4, row)]),
    svg('g', { fill: 'none', 'stroke-linecap': 'round' }, ...lines),
    ...(query === undefined ? [] : cellsOf(view, heads, query, { x: to + 6, y, row })),
    ...tokens(queries, left, 'end'),
    ...tokens(keys, right, 'start'),
    ...(view.isMean || view.isNamed === false ? [] : headNames(heads, width)),
  ]
  const described = ({ name, tokens }: Side) => `${name} (${tokens.join(' ')})`
  const description = `${counted(heads.length, 'head')}: lines from ${described(queries)} to ${described(keys)}, the more opaque the more weight.`
  return {
    width,
    height: HEAD + rows * row + 16,
    title,
    description,
    content,
  }
}

/** The lines to draw, the faintest first. */
function linesOf({ queries, keys, weights, query: only }: AttentionHeads, heads: readonly number[]): Line[] {
  const width = keys.tokens.length
  const lines: Line[] = []
  for (const head of heads)
    for (let query = only ?? 0; query < (only === undefined ? queries.tokens.length : only + 1); query++)
      for (let key = 0; key < width; key++) {
        const weight = weights[head][query * width + key]
        if (weight >= LEAST) lines.push({ head, query, key, weight })
      }
  return lines.sort((a, b) => a.weight - b.weight).slice(-MOST_LINES)
}

function lineOf(
  { head, query, key, weight }: Line,
  { queries, keys, isMean }: AttentionHeads,
  [x1, y1, x2, y2]: readonly number[],
  thickness: number,
): SvgElement {
  return svg('path', {
    d: `M${rounded(x1)} ${rounded(y1)}L${rounded(x2)} ${rounded(y2)}`,
    stroke: isMean ? 'var(--ink)' : headColor(head),
    'stroke-width': thickness,
    'stroke-opacity': weight,
    'data-head': head,
    'data-query': queries.marks[query],
    'data-key': keys.marks[key],
  })
}

function tokenLabel(
  token: string,
  mark: string,
  x: number,
  y: number,
  { anchor, size, widest }: { anchor: 'start' | 'end'; size: number; widest: number },
): SvgElement {
  const shown = fitted(token, widest, size)
  const text = label(shown, x, y, { anchor, size })
  const whole = shown === token ? [] : [svg('title', {}, token)]
  return { ...text, attributes: { ...text.attributes, 'data-token': mark }, children: [...text.children, ...whole] }
}

function captions({ queries, keys }: AttentionHeads, left: number, right: number): SvgElement[] {
  const quiet = { size: 11, color: 'var(--quiet)' } as const
  return [
    label(`${queries.name} looks …`, left, HEAD - 12, { ...quiet, anchor: 'end' }),
    label(`… at ${keys.name}`, right, HEAD - 12, quiet),
  ]
}

const chosen = (x: number, y: number, width: number, height: number) =>
  svg('rect', { x, y, width, height, rx: 4, fill: 'var(--quiet)', 'fill-opacity': 0.18 })

/** Beside each key, a cell for each head, as opaque as its weight. */
function cellsOf(
  { keys, weights, isMean }: AttentionHeads,
  heads: readonly number[],
  query: number,
  { x, y, row }: { x: number; y: (i: number) => number; row: number },
): SvgElement[] {
  return keys.tokens.flatMap((_, key) =>
    heads.map((head, i) =>
      svg('rect', {
        x: x + i * CELL,
        y: y(key) - row / 2 + 1,
        width: CELL - 1,
        height: row - 2,
        fill: isMean ? 'var(--ink)' : headColor(head),
        'fill-opacity': weights[head][query * keys.tokens.length + key],
        'data-head': head,
        'data-key': keys.marks[key],
      }),
    ),
  )
}

/** A numbered square in the color of each head. */
function headNames(heads: readonly number[], width: number): SvgElement[] {
  const step = Math.min(40, (width - 80) / Math.max(1, heads.length))
  const left = (width - step * heads.length) / 2
  return [
    label('head', left - 8, 18, { anchor: 'end', size: 11, color: 'var(--quiet)' }),
    ...heads.map((head, i) =>
      svg(
        'g',
        { 'data-head': head },
        svg('rect', { x: left + i * step, y: 12, width: 12, height: 12, rx: 3, fill: headColor(head) }),
        ...(step >= 26 ? [label(String(head), left + i * step + 16, 18, { size: 11 })] : []),
      ),
    ),
  ]
}

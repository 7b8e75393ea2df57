import { entryOf } from '../base/present.ts'
import { type Picture, type SvgElement, svg } from './marks/element.ts'
import { label } from './marks/label.ts'
import { type Color, headColor } from './marks/palette.ts'
import { fitted, textWidth } from './marks/text-width.ts'

/** A hypothesis, represented by its last token. */
export interface BeamTreeNode {
  /** The parent's index among the nodes; −1 for the start. */
  parent: number
  /** The number of tokens after the start. */
  depth: number
  token: string
  logProbability: number
  /** Sum of log-probabilities from the start. */
  sum: number
  /** The sum with the length penalty applied. */
  score: number
  state: 'kept' | 'pruned' | 'finished' | 'dropped'
}

export interface BeamTreeDrawing {
  beams: number
  /** The start first. */
  nodes: readonly BeamTreeNode[]
  /** The nodes of the finished hypotheses, best first. */
  results: readonly number[]
  stopped: string
  /** The maximum number of nodes; beyond it, pruned nodes with the lowest sums are only counted. Default 800. */
  most?: number
  /** Only steps `first` to `last`, from 1. Default: all. */
  first?: number
  last?: number
}

const COLUMN = 134
const ROW = 40
const NODE = { width: 106, height: 32 }
const LEFT = 8
const TOP = 62

/**
 * The hypotheses of a beam search: a column for each step, ranked by their sums, so that everything below the beam is
 * pruned. The paths of results are colored; finished hypotheses show their score with the length penalty, and their
 * rank.
 */
export function beamTree(drawing: BeamTreeDrawing): Picture {
  const { beams, nodes, results, stopped, most = 800, first = 1, last = Infinity } = drawing
  const all = ranked(nodes, results, most)
  // The start is to the left of the first step.
  const columns = all
    .slice(first - 1, last + 1)
    .map((column, i) => ({ ...column, step: first - 1 + i, x: LEFT + i * COLUMN }))
  const colors = pathColors(nodes, results)
  const places = new Map<number, { x: number; y: number }>()
  for (const { shown, x } of columns)
    for (const [rank, node] of shown.entries()) places.set(node, { x, y: TOP + rank * ROW })
  const tallest = Math.max(...columns.map(({ shown, hidden }) => shown.length + (hidden ? 0.6 : 0)))
  const order = [...places.keys()].sort((a, b) => Number(colors.has(a)) - Number(colors.has(b)))
  return {
    width: Math.max(columns[columns.length - 1].x + NODE.width + 12, 480),
    height: TOP + tallest * ROW + 34,
    title: `Beam search with ${beams} ${beams === 1 ? 'beam' : 'beams'}`,
    description: `${nodes.length - 1} hypotheses in ${all.length - 1} steps; results: ${results
      .map((node) => `${pathOf(nodes, node)} (${figure(nodes[node].score)})`)
      .join('; ')}. The search stopped: ${stopped}.`,
    content: [
      ...legend(),
      ...columns
        .filter(({ step }) => step)
        .map(({ step, x }) => label(`step ${step}`, x, TOP - 16, { size: 11, color: 'var(--quiet)' })),
      ...order.flatMap((node) => edge(nodes, node, places, colors)),
      ...order.map((node) => box(nodes[node], node, entryOf(places, node), results.indexOf(node), colors.get(node))),
      ...columns.flatMap(({ shown, hidden, x }) =>
        hidden
          ? [
              label(`and ${hidden} more`, x, TOP + shown.length * ROW + 6, {
                size: 11,
                color: 'var(--quiet)',
              }),
            ]
          : [],
      ),
      label(`Stopped: ${stopped}.`, LEFT, TOP + tallest * ROW + 18, { size: 12, color: 'var(--quiet)' }),
    ],
  }
}

/** For each depth, the nodes to draw, highest sum first, and the number of omitted nodes. */
function ranked(
  nodes: readonly BeamTreeNode[],
  results: readonly number[],
  most: number,
): { shown: number[]; hidden: number }[] {
  const columns: number[][] = []
  nodes.forEach(({ depth }, node) => {
    columns[depth] ??= []
    columns[depth].push(node)
  })
  // Nodes with children and finished nodes are always drawn; each step has the same number of other nodes.
  const needed = new Set(results)
  for (const [node, { parent, state }] of nodes.entries()) {
    if (parent >= 0) needed.add(parent)
    if (state === 'kept' || state === 'finished') needed.add(node)
  }
  const others = Math.max(1, Math.floor((most - needed.size) / Math.max(1, columns.length - 1)))
  return columns.map((column) => {
    const sorted = column.sort((a, b) => nodes[b].sum - nodes[a].sum)
    let room = nodes.length <= most ? Infinity : others
    const shown = sorted.filter((node) => needed.has(node) || room-- > 0)
    return { shown, hidden: column.length - shown.length }
  })
}

/** The color of each node on the path of a result: that of the best result below the node. */
function pathColors(nodes: readonly BeamTreeNode[], results: readonly number[]): Map<number, Color> {
  const colors = new Map<number, Color>()
  results.forEach((result, place) => {
    for (let node = result; node >= 0 && !colors.has(node); node = nodes[node].parent)
      colors.set(node, headColor(place))
  })
  return colors
}

function pathOf(nodes: readonly BeamTreeNode[], end: number): string {
  const tokens: string[] = []
  for (let node = end; node > 0; node = nodes[node].parent) tokens.push(nodes[node].token)
  return tokens.reverse().join(' ')
}

function edge(
  nodes: readonly BeamTreeNode[],
  node: number,
  places: ReadonlyMap<number, { x: number; y: number }>,
  colors: ReadonlyMap<number, Color>,
): SvgElement[] {
  const { parent, state } = nodes[node]
  const [from, to] = [places.get(parent), entryOf(places, node)]
  if (!from) return []
  const x = from.x + NODE.width
  const [y0, y1] = [from.y + NODE.height / 2, to.y + NODE.height / 2]
  const half = (x + to.x) / 2
  const color = colors.get(node)
  return [
    svg('path', {
      d: `M${x} ${y0}C${half} ${y0} ${half} ${y1} ${to.x} ${y1}`,
      fill: 'none',
      stroke: color ?? (state === 'kept' ? 'var(--quiet)' : 'var(--line)'),
      'stroke-width': color ? 2.5 : 1,
    }),
  ]
}

function box(
  { token, logProbability, sum, score, state, depth }: BeamTreeNode,
  node: number,
  { x, y }: { x: number; y: number },
  place: number,
  color: Color | undefined,
): SvgElement {
  const isLow = state === 'pruned' || state === 'dropped'
  const stroke = color ?? (state === 'finished' ? 'var(--right)' : state === 'dropped' ? 'var(--wrong)' : 'var(--line)')
  const figures =
    state === 'finished' ? `${place < 0 ? '' : `#${place + 1} `}score ${figure(score)}` : `Σ ${figure(sum)}`
  return svg(
    'g',
    { 'data-node': node, 'data-state': state },
    svg(
      'title',
      {},
      `${token}: ${state}; log-probability ${logProbability.toFixed(4)}, sum ${sum.toFixed(4)}, score ${score.toFixed(4)}`,
    ),
    svg('rect', {
      x,
      y,
      width: NODE.width,
      height: NODE.height,
      rx: 4,
      fill: isLow ? 'var(--paper)' : 'var(--soft)',
      stroke,
      'stroke-width': color || state === 'finished' ? 2 : 1,
      ...(isLow && { 'stroke-dasharray': '3 2' }),
    }),
    ...(depth
      ? [
          label(fitted(token, 58, 13), x + 7, y + 10, { color: isLow ? 'var(--quiet)' : 'var(--ink)' }),
          label(figure(logProbability), x + NODE.width - 6, y + 10, { anchor: 'end', size: 10, color: 'var(--quiet)' }),
          label(figures, x + 7, y + 24, { size: 10, color: isLow ? 'var(--quiet)' : 'var(--ink)' }),
        ]
      : [label('start', x + NODE.width / 2, y + NODE.height / 2, { anchor: 'middle', color: 'var(--quiet)' })]),
  )
}

/** The legend of the outlines. */
function legend(): SvgElement[] {
  const entries: [string, Record<string, string | number>][] = [
    ['path of a result', { stroke: headColor(0), 'stroke-width': 2 }],
    ['kept', { stroke: 'var(--line)', fill: 'var(--soft)' }],
    ['pruned', { stroke: 'var(--line)', 'stroke-dasharray': '3 2' }],
    ['finished', { stroke: 'var(--right)', 'stroke-width': 2 }],
    ['dropped', { stroke: 'var(--wrong)', 'stroke-dasharray': '3 2' }],
  ]
  let x = LEFT
  return entries.flatMap(([text, attributes]) => {
    const at = x
    x += 44 + textWidth(text, 11)
    return [
      svg('rect', { x: at, y: 8, width: 16, height: 12, rx: 3, fill: 'var(--paper)', ...attributes }),
      label(text, at + 22, 14, { size: 11, color: 'var(--quiet)' }),
    ]
  })
}

/** −0.123 → '−0.12'. */
const figure = (value: number) => value.toFixed(2).replace('-', '−')

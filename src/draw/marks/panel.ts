import { type Axis, linearAxis, shortNumber } from './axis.ts'
import { type SvgElement, svg } from './element.ts'
import { label, rounded } from './label.ts'
import type { Color } from './palette.ts'

/** One curve of a panel. */
export interface Curve {
  name: string
  color: Color
  points: readonly Point[]
  /** Whether to draw a line through means, over a faint line through all points. */
  noisy?: boolean
  /** A point to mark, and the reason. */
  marked?: { point: Point; why: string } | null
}

export interface Panel {
  title: string
  height: number
  curves: readonly Curve[]
  /** The minimum range of values to show. */
  least?: { low: number; high: number }
}

export interface Frame {
  left: number
  top: number
  width: number
  steps: Axis
}

/** Space between the end of a curve and its name, and between the names of two curves. */
const GAP = 6
const LABEL_HEIGHT = 15
const SIZE = 12
/** The maximum number of drawn points in a curve; more would be closer than pixels. */
const MOST_POINTS = 600

type DrawnCurve = Curve & { line: Point[] }

/** A panel with its title above, ticks on the left, and the name and last value of each curve at its end. */
export function panelOf({ title, height, curves, least }: Panel, frame: Frame): SvgElement[] {
  const drawn = curves
    .map((curve) => ({ ...curve, points: curve.points.filter(({ value }) => Number.isFinite(value)) }))
    .filter(({ points }) => points.length)
    .map((curve) => ({ ...curve, line: lineOf(curve) }))
  const values = drawn.flatMap(({ line }) => line.map(({ value }) => value))
  const low = Math.min(...values, least?.low ?? Infinity)
  const high = Math.max(...values, least?.high ?? -Infinity)
  const axis = values.length || least ? linearAxis(low, high, height, height / 45) : null
  const { left, top, width, steps } = frame
  const bottom = top + height
  const x = (step: number) => rounded(left + steps.at(step))
  const parts = [label(title, left, top - 17, { size: 14, bold: true })]
  for (const { value } of steps.marks) parts.push(gridLine(`M${x(value)} ${top}V${bottom}`))
  if (!axis)
    return [
      ...parts,
      label('nothing yet', left + width / 2, top + height / 2, { anchor: 'middle', size: SIZE, color: 'var(--quiet)' }),
    ]
  const y = (value: number) => rounded(Math.min(bottom, Math.max(top, bottom - axis.at(value))))
  for (const { value, text } of axis.marks)
    parts.push(
      gridLine(`M${left} ${y(value)}H${left + width}`),
      label(text, left - 8, y(value), { anchor: 'end', size: SIZE, color: 'var(--quiet)' }),
    )
  return [...parts, ...drawn.flatMap((curve) => curveOf(curve, x, y)), ...namesOf(drawn, x, y, { top, bottom })]
}

const gridLine = (d: string) => svg('path', { d, stroke: 'var(--line)', fill: 'none' })

type At = (value: number) => number

function curveOf({ noisy, points, color, line, marked }: DrawnCurve, x: At, y: At): SvgElement[] {
  const path = (points: readonly Point[]) =>
    points.map(({ step, value }, i) => `${i ? 'L' : 'M'}${x(step)} ${y(value)}`).join('')
  const stroke = { fill: 'none', stroke: color, 'stroke-linejoin': 'round', 'stroke-linecap': 'round' }
  const dot = ({ step, value }: Point, r: number, ...inside: SvgElement[]) =>
    svg('circle', { cx: x(step), cy: y(value), r, fill: color }, ...inside)
  return [
    ...(noisy ? [svg('path', { d: path(thinned(points, MOST_POINTS)), ...stroke, 'stroke-opacity': 0.3 })] : []),
    svg('path', { d: path(line), ...stroke, 'stroke-width': 1.8 }),
    ...(line.length === 1 ? [dot(line[0], 3)] : []),
    ...(marked ? [dot(marked.point, 4, svg('title', {}, marked.why))] : []),
  ]
}

/** Names are placed after the longest curve, which would otherwise cross them. */
function namesOf(drawn: readonly DrawnCurve[], x: At, y: At, room: { top: number; bottom: number }): SvgElement[] {
  const end = Math.max(...drawn.map(({ line }) => line[line.length - 1].step))
  const ends = drawn.map(({ name, color, line }) => {
    const { value } = line[line.length - 1]
    return { y: y(value), color, text: `${name} ${shortNumber(Number(value.toPrecision(3)))}` }
  })
  return spread(ends, room.top, room.bottom).map(({ y, color, text }) =>
    label(text, x(end) + GAP, y, { color, bold: true, size: SIZE }),
  )
}

const lineOf = ({ noisy, points }: Curve) => thinned(noisy ? smoothed(points) : points, MOST_POINTS)

/** Labels moved apart so that none overlaps another, and all are between `top` and `bottom`. */
function spread<T extends { y: number }>(labels: readonly T[], top: number, bottom: number): T[] {
  const sorted = [...labels].sort((a, b) => a.y - b.y).map((label) => ({ ...label }))
  sorted.forEach((label, i) => {
    label.y = Math.max(label.y, i ? sorted[i - 1].y + LABEL_HEIGHT : top)
  })
  for (let i = sorted.length - 1; i >= 0; i--)
    sorted[i].y = Math.min(sorted[i].y, i < sorted.length - 1 ? sorted[i + 1].y - LABEL_HEIGHT : bottom)
  return sorted
}

/** A point of a curve: a step and its measurement. */
interface Point {
  step: number
  value: number
}

/** At most `most` points: neighbors are averaged. */
export function thinned(points: readonly Point[], most: number): Point[] {
  if (points.length <= most) return [...points]
  return Array.from({ length: most }, (_, i) => {
    const from = Math.floor((i * points.length) / most)
    return meanOf(points.slice(from, Math.floor(((i + 1) * points.length) / most)))
  })
}

/**
 * Each point replaced by the mean of its neighborhood, 2 % of all points; the neighborhood shrinks toward the ends, so
 * that the ends stay in place.
 */
export function smoothed(points: readonly Point[]): Point[] {
  const reach = Math.floor(points.length / 100)
  const sums = [0]
  for (const { value } of points) sums.push(sums[sums.length - 1] + value)
  return points.map(({ step }, i) => {
    const around = Math.min(reach, i, points.length - 1 - i)
    return { step, value: (sums[i + around + 1] - sums[i - around]) / (2 * around + 1) }
  })
}

function meanOf(points: readonly Point[]): Point {
  const mean = (of: (point: Point) => number) => points.reduce((sum, point) => sum + of(point), 0) / points.length
  return { step: mean(({ step }) => step), value: mean(({ value }) => value) }
}

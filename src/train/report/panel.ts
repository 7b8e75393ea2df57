import { type Axis, linearAxis, shortNumber } from './axis.ts'
import { type Point, smoothed, thinned } from './curve.ts'
import { escaped } from './escaped.ts'

/** One curve of a panel. */
export interface Curve {
  name: string
  /** The class that colors it: `c1` to `c3`. */
  color: string
  points: readonly Point[]
  /** Drawn as a line through means, over a faint one of the points themselves. */
  noisy?: boolean
  /** A point to mark, and why. */
  marked?: { point: Point; why: string } | null
}

export interface Panel {
  title: string
  height: number
  curves: readonly Curve[]
  /** The range that is shown at least. */
  least?: { low: number; high: number }
}

export interface Frame {
  left: number
  top: number
  width: number
  steps: Axis
}

/** Room between the end of a curve and its name, and between the names of two curves. */
const GAP = 6
const LABEL_HEIGHT = 15
/** A curve of more points would be drawn within pixels. */
const MOST_POINTS = 600

/** A panel with its title above, marks on the left, and the name and last value of each curve at its end. */
export function panelSvg({ title, height, curves, least }: Panel, frame: Frame): string {
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
  const x = (step: number) => round(left + steps.at(step))
  const y = (value: number) => round(Math.min(bottom, Math.max(top, bottom - axis!.at(value))))
  const parts = [`<text class="title" x="${left}" y="${top - 12}">${escaped(title)}</text>`]
  for (const { value } of steps.marks) parts.push(`<path class="grid" d="M${x(value)} ${top}V${bottom}"/>`)
  if (!axis) parts.push(`<text x="${left + width / 2}" y="${top + height / 2}" text-anchor="middle">nothing yet</text>`)
  else {
    for (const { value, text } of axis.marks)
      parts.push(
        `<path class="grid" d="M${left} ${y(value)}H${left + width}"/>`,
        `<text x="${left - 8}" y="${y(value) + 4}" text-anchor="end">${text}</text>`,
      )
    const path = (points: readonly Point[]) =>
      points.map(({ step, value }, i) => `${i ? 'L' : 'M'}${x(step)} ${y(value)}`).join('')
    for (const { noisy, points, color, line, marked } of drawn) {
      if (noisy) parts.push(`<path class="line faint ${color}" d="${path(thinned(points, MOST_POINTS))}"/>`)
      parts.push(`<path class="line ${color}" d="${path(line)}"/>`)
      if (line.length === 1)
        parts.push(`<circle class="dot ${color}" cx="${x(line[0].step)}" cy="${y(line[0].value)}" r="3"/>`)
      if (marked)
        parts.push(
          `<circle class="dot ${color}" cx="${x(marked.point.step)}" cy="${y(marked.point.value)}" r="4">` +
            `<title>${escaped(marked.why)}</title></circle>`,
        )
    }
    // Behind the longest curve, which they would cross else.
    const end = Math.max(...drawn.map(({ line }) => line[line.length - 1].step))
    const ends = drawn.map(({ name, color, line }) => {
      const { value } = line[line.length - 1]
      return { x: x(end) + GAP, y: y(value), color, text: `${name} ${shortNumber(Number(value.toPrecision(3)))}` }
    })
    for (const { x, y, color, text } of spread(ends, top, bottom))
      parts.push(`<text class="name ${color}" x="${x}" y="${round(y + 4)}">${escaped(text)}</text>`)
  }
  return parts.join('\n')
}

const lineOf = ({ noisy, points }: Curve) => thinned(noisy ? smoothed(points) : points, MOST_POINTS)

/** Labels moved apart so that none lies on another, and all between `top` and `bottom`. */
function spread<T extends { y: number }>(labels: readonly T[], top: number, bottom: number): T[] {
  const sorted = [...labels].sort((a, b) => a.y - b.y).map((label) => ({ ...label }))
  sorted.forEach((label, i) => {
    label.y = Math.max(label.y, i ? sorted[i - 1].y + LABEL_HEIGHT : top)
  })
  for (let i = sorted.length - 1; i >= 0; i--)
    sorted[i].y = Math.min(sorted[i].y, i < sorted.length - 1 ? sorted[i + 1].y - LABEL_HEIGHT : bottom)
  return sorted
}

const round = (value: number) => Math.round(value * 10) / 10

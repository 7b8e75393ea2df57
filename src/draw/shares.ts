import { type Picture, type SvgElement, svg } from './marks/element.ts'
import { label } from './marks/label.ts'
import { fitted, textWidth } from './marks/text-width.ts'

/** A share of a number: positive for it, negative against it. */
export interface Share {
  name: string
  share: number
  /** Attributes of its row, such as 'data-head'. */
  mark?: Record<string, string | number>
}

export interface SharesDrawing {
  title: string
  /** Rows in their order. */
  shares: readonly Share[]
  /** The number that they add up to, and its name. */
  sum: { name: string; value: number }
}

const ROW = 22
const TOP = 8
const LABEL = 270
const WIDTH = 760
const BAR = { left: LABEL + 14, width: WIDTH - LABEL - 14 - 76, height: 14 }

/** Shares that add up to a number: a bar for each, to the right for it and to the left against it, and the sum below. */
export function shares({ title, shares, sum }: SharesDrawing): Picture {
  const values = [...shares.map(({ share }) => share), 0]
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const scale = BAR.width / Math.max(high - low, 1e-9)
  const zero = BAR.left - low * scale
  const bottom = TOP + shares.length * ROW
  return {
    width: WIDTH,
    height: bottom + 34,
    title,
    description: `${shares.map(({ name, share }) => `${name} ${signedText(share)}`).join(', ')}; in all ${signedText(sum.value)}.`,
    content: [
      svg('path', { d: `M${zero} ${TOP}V${bottom}`, stroke: 'var(--line)' }),
      ...shares.map((each, i) => shareRow(each, TOP + i * ROW, zero, scale)),
      label(sum.name, LABEL, bottom + 17, { anchor: 'end', size: 13, bold: true }),
      label(signedText(sum.value), BAR.left, bottom + 17, { size: 13, bold: true }),
    ],
  }
}

function shareRow({ name, share, mark = {} }: Share, y: number, zero: number, scale: number): SvgElement {
  const length = Math.max(1, Math.abs(share) * scale)
  const middle = y + ROW / 2
  const text = signedText(share)
  const end = share < 0 ? zero + 6 : zero + length + 6
  return svg(
    'g',
    { 'data-share': share.toFixed(6), ...mark },
    svg('rect', { x: 0, y, width: WIDTH, height: ROW, fill: 'var(--paper)', 'fill-opacity': 0 }),
    label(fitted(name, LABEL - 6, 13), LABEL, middle, { anchor: 'end', size: 13 }),
    svg('rect', {
      x: share < 0 ? zero - length : zero,
      y: middle - BAR.height / 2,
      width: length,
      height: BAR.height,
      rx: 2,
      fill: share < 0 ? 'var(--negative)' : 'var(--positive)',
      'fill-opacity': 0.8,
    }),
    label(text, Math.min(end, WIDTH - textWidth(text, 12) - 2), middle, { size: 12 }),
  )
}

/** 1.234 → '+1.23', −0.5 → '−0.50'. */
export const signedText = (value: number): string =>
  `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(Math.abs(value) < 0.1 ? 3 : 2)}`

import { type SvgElement, svg } from './element.ts'
import type { Color } from './palette.ts'

/** The fonts of pages and pictures. */
export const fonts = 'system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif'

/** The default font size in pixels. */
export const FONT_SIZE = 13

export interface LabelOptions {
  anchor?: 'start' | 'middle' | 'end'
  size?: number
  color?: Color
  bold?: boolean
  /** Rotation in degrees, clockwise around the label's position. */
  turned?: number
}

/** A line of text, vertically centered at y. */
export function label(
  text: string,
  x: number,
  y: number,
  { anchor = 'start', size = FONT_SIZE, color = 'var(--ink)', bold, turned }: LabelOptions = {},
): SvgElement {
  const attributes = {
    x,
    y: y + 0.35 * size,
    fill: color,
    'font-size': size,
    ...(anchor !== 'start' && { 'text-anchor': anchor }),
    ...(bold && { 'font-weight': 600 }),
    ...(turned && { transform: `rotate(${turned} ${rounded(x)} ${rounded(y)})` }),
  }
  return svg('text', attributes, text)
}

/** A length in the format of a path. */
export const rounded = (value: number): number => Math.round(value * 100) / 100

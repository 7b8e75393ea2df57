import { type Picture, type SvgElement, svg } from './marks/element.ts'
import { label } from './marks/label.ts'
import { headColor } from './marks/palette.ts'
import type { Side } from './marks/side.ts'
import { fitted, textWidth } from './marks/text-width.ts'

export interface ExpertGates {
  title: string
  tokens: Side
  /** The gate of each expert for each token, [tokens, experts]; 0 where a token has not the expert. */
  gates: ArrayLike<number>
  experts: number
}

const ROW = 20
const HEIGHT = 14
const WIDTH = 480
const TOKEN = 140
/** Parts of a strip that are wide enough for the number of their expert. */
const NUMBERED = 18

/**
 * The experts of each token as a strip: a part for each expert that it has, as wide as its gate, with the expert's color and number. Below them
 * stands how many tokens each expert has.
 */
export function expertGates({ title, tokens: { tokens, marks }, gates, experts }: ExpertGates): Picture {
  const left = 12 + Math.min(TOKEN, Math.max(...tokens.map((token) => textWidth(token, 12))))
  const counts = new Array<number>(experts).fill(0)
  const rows = tokens.map((token, row): SvgElement => {
    const y = 8 + row * ROW
    let x = left + 8
    const parts: SvgElement[] = []
    for (let expert = 0; expert < experts; expert++) {
      const gate = gates[row * experts + expert]
      if (!(gate > 0)) continue
      counts[expert]++
      const width = WIDTH * gate
      parts.push(
        svg('rect', {
          x,
          y,
          width,
          height: HEIGHT,
          fill: headColor(expert),
          'data-gate': `expert ${expert} ${gate.toFixed(2)}`,
        }),
      )
      if (width >= NUMBERED)
        parts.push(
          label(`${expert}`, x + width / 2, y + HEIGHT / 2, { anchor: 'middle', size: 11, color: 'var(--paper)' }),
        )
      x += width
    }
    return svg(
      'g',
      { 'data-token': marks[row] },
      label(fitted(token, TOKEN, 12), left, y + HEIGHT / 2, { anchor: 'end', size: 12 }),
      ...parts,
    )
  })
  const below = 8 + tokens.length * ROW + 14
  const shares = `tokens: ${counts.map((count, expert) => `expert ${expert} ${count}`).join(', ')}`
  const height = below + 16
  return {
    width: Math.max(left + 16 + WIDTH, left + 16 + textWidth(shares, 12)),
    height,
    title,
    description: `The experts of each of ${tokens.length} tokens, by the width of their gates; ${shares}.`,
    content: [...rows, label(shares, left + 8, below, { size: 12, color: 'var(--quiet)' })],
  }
}

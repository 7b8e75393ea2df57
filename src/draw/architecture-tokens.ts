import { lastOf } from '../base/present.ts'
import type { SvgElement } from './marks/element.ts'
import { label } from './marks/label.ts'
import type { Side } from './marks/side.ts'
import { fitted, textWidth } from './marks/text-width.ts'

const TOKEN = 22
/** The maximum number of token lines; a longer text ends with its number of tokens. */
const MOST_LINES = 3

interface TokenLabel {
  text: string
  mark: string | null
  x: number
}

/** The tokens of a text in lines of at most this width. */
export function tokenLines(side: Side | undefined, most: number): TokenLabel[][] {
  if (!side) return []
  const lines: TokenLabel[][] = [[]]
  let x = 0
  for (const [i, token] of side.tokens.entries()) {
    const text = fitted(token, 140, 12)
    const width = textWidth(text, 12) + 8
    // The last line has room for the total number.
    const rest = lines.length === MOST_LINES && i < side.tokens.length - 1 ? 80 : 0
    if (x + width + rest > most && x > 0) {
      if (lines.length === MOST_LINES) {
        lastOf(lines).push({ text: `… of ${side.tokens.length}`, mark: null, x })
        return lines
      }
      lines.push([])
      x = 0
    }
    lastOf(lines).push({ text, mark: side.marks[i], x })
    x += width
  }
  return lines
}

export const heightOf = (lines: readonly TokenLabel[][]): number => lines.length * TOKEN

/** The lines, each centered in a column. */
export function drawnTokens(lines: readonly TokenLabel[][], x: number, y: number, column: number): SvgElement[] {
  return lines.flatMap((line, i) => {
    const last = line.at(-1)
    const width = last ? last.x + textWidth(last.text, 12) : 0
    const left = x + Math.max(0, (column - 12 - width) / 2)
    return line.map(({ text, mark, x }) => {
      const element = label(text, left + x, y + (i + 0.5) * TOKEN, {
        size: 12,
        ...(mark === null && { color: 'var(--quiet)' }),
      })
      return mark === null ? element : { ...element, attributes: { ...element.attributes, 'data-token': mark } }
    })
  })
}

import { percent } from './marks/distribution.ts'
import { type Picture, type SvgElement, svg } from './marks/element.ts'
import { label } from './marks/label.ts'
import { fitted } from './marks/text-width.ts'

/** The prediction at one depth and one position: the most probable tokens, best first. */
export interface LensCell {
  /** Whether the first of them is the target token at this position. */
  isTarget: boolean
  top: readonly { token: string; probability: number }[]
}

export interface LensDrawing {
  /** The target tokens by position. */
  tokens: readonly string[]
  /** From the embeddings up to the last layer, each with a cell for every position. */
  rows: readonly (readonly LensCell[])[]
}

const LABEL = 132
const CELL = { width: 92, height: 40 }
const HEADER = 46
/** The color strength up to which letters are readable, on light and dark paper. */
const STRONGEST = 0.55

/**
 * The logit lens (nostalgebraist 2020): the predictions that the last norm and the projection make from the decoder's
 * states after each layer. The last layer is at the top, as in pictures of the stack; a frame marks cells that already
 * predict the target token.
 */
export function lens({ tokens, rows }: LensDrawing): Picture {
  const x = (position: number) => LABEL + position * CELL.width
  const y = (depth: number) => HEADER + (rows.length - 1 - depth) * CELL.height
  const named = (depth: number) => (depth === 0 ? 'embeddings' : `after layer ${depth - 1}`)
  return {
    width: LABEL + tokens.length * CELL.width + 8,
    height: HEADER + rows.length * CELL.height + 8,
    title: 'Logit lens',
    description: rows
      .map((row, depth) => `${named(depth)}: ${row.map(({ top }) => top[0].token).join(' ')}`)
      .reverse()
      .join('; '),
    content: [
      label('target', LABEL - 12, HEADER / 2, { anchor: 'end', size: 12, color: 'var(--quiet)' }),
      ...tokens.map((token, position) =>
        svg(
          'g',
          { 'data-token': `target:${position}` },
          label(fitted(token, CELL.width - 6, 14), x(position) + CELL.width / 2, HEADER / 2, {
            anchor: 'middle',
            size: 14,
            bold: true,
          }),
        ),
      ),
      ...rows.flatMap((row, depth) => [
        label(named(depth), LABEL - 12, y(depth) + CELL.height / 2, {
          anchor: 'end',
          size: 12,
          color: 'var(--quiet)',
        }),
        ...row.map((cell, position) =>
          svg(
            'g',
            { 'data-token': `target:${position}`, 'data-depth': depth },
            ...cellContent(cell, x(position), y(depth)),
          ),
        ),
      ]),
    ],
  }
}

function cellContent({ top, isTarget }: LensCell, x: number, y: number): SvgElement[] {
  const [best] = top
  const frame = {
    x: x + 2,
    y: y + 2,
    width: CELL.width - 4,
    height: CELL.height - 4,
    rx: 3,
    stroke: isTarget ? 'var(--right)' : 'var(--line)',
    'stroke-width': isTarget ? 2 : 1,
  }
  const middle = x + CELL.width / 2
  return [
    svg('title', {}, top.map(({ token, probability }) => `${token} ${percent(probability)}`).join('\n')),
    svg('rect', { ...frame, fill: 'var(--positive)', 'fill-opacity': STRONGEST * best.probability }),
    label(fitted(best.token, CELL.width - 10, 13), middle, y + 14, { anchor: 'middle' }),
    label(percent(best.probability), middle, y + 29, { anchor: 'middle', size: 10 }),
  ]
}

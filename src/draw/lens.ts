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
  /** Whether positions go down and depths to the right, for a narrow screen. */
  isTurned?: boolean
}

const LABEL = 132
const CELL = { width: 92, height: 40 }
const HEADER = 46
/** With positions that go down. */
const TURNED = { label: 84, cell: { width: 68, height: 40 } }
/** The color strength up to which letters are readable, on light and dark paper. */
const STRONGEST = 0.55

/**
 * The logit lens (nostalgebraist 2020): the predictions that the last norm and the projection make from the decoder's
 * states after each layer. The last layer is at the top, as in pictures of the stack; a frame marks cells that already
 * predict the target token.
 */
export function lens({ tokens, rows, isTurned = false }: LensDrawing): Picture {
  const [labels, cell] = isTurned ? [TURNED.label, TURNED.cell] : [LABEL, CELL]
  const place = (depth: number, position: number): Box => {
    const [column, row] = isTurned ? [depth, position] : [position, rows.length - 1 - depth]
    return { x: labels + column * cell.width, y: HEADER + row * cell.height, ...cell }
  }
  const named = (depth: number) => (depth === 0 ? 'embeddings' : `after layer ${depth - 1}`)
  const [columns, lines] = isTurned ? [rows.length, tokens.length] : [tokens.length, rows.length]
  const quiet = { size: 12, color: 'var(--quiet)' } as const
  const beside = (text: string, { y, height }: Box, options: object) =>
    label(fitted(text, labels - 14, 14), labels - 12, y + height / 2, { anchor: 'end', ...options })
  const above = (text: string, { x, width }: Box, options: object) =>
    label(fitted(text, width - 4, 12), x + width / 2, HEADER / 2, { anchor: 'middle', ...options })
  return {
    width: labels + columns * cell.width + 8,
    height: HEADER + lines * cell.height + 8,
    title: 'Logit lens',
    description: rows
      .map((row, depth) => `${named(depth)}: ${row.map(({ top }) => top[0].token).join(' ')}`)
      .reverse()
      .join('; '),
    content: [
      label('target', labels - 12, HEADER / 2, { anchor: 'end', ...quiet }),
      ...tokens.map((token, position) => {
        const options = { size: 14, bold: true }
        const name = (isTurned ? beside : above)(token, place(0, position), options)
        return svg('g', { 'data-token': `target:${position}` }, name)
      }),
      ...rows.flatMap((row, depth) => [
        isTurned
          ? above(depth === 0 ? 'emb.' : `${depth - 1}`, place(depth, 0), quiet)
          : beside(named(depth), place(depth, 0), quiet),
        ...row.map((each, position) =>
          svg(
            'g',
            { 'data-token': `target:${position}`, 'data-depth': depth },
            ...cellContent(each, place(depth, position)),
          ),
        ),
      ]),
    ],
  }
}

interface Box {
  x: number
  y: number
  width: number
  height: number
}

function cellContent({ top, isTarget }: LensCell, { x, y, width, height }: Box): SvgElement[] {
  const [best] = top
  const frame = {
    x: x + 2,
    y: y + 2,
    width: width - 4,
    height: height - 4,
    rx: 3,
    stroke: isTarget ? 'var(--right)' : 'var(--line)',
    'stroke-width': isTarget ? 2 : 1,
  }
  const middle = x + width / 2
  return [
    svg('title', {}, top.map(({ token, probability }) => `${token} ${percent(probability)}`).join('\n')),
    svg('rect', { ...frame, fill: 'var(--positive)', 'fill-opacity': STRONGEST * best.probability }),
    label(fitted(best.token, width - 10, 13), middle, y + 14, { anchor: 'middle' }),
    label(percent(best.probability), middle, y + 29, { anchor: 'middle', size: 10 }),
  ]
}

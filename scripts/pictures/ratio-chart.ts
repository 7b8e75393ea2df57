import { counted } from '../../dist/base/values/number-text.js'
import { type Picture, type SvgElement, svg } from '../../dist/draw/marks/element.js'
import { label } from '../../dist/draw/marks/label.js'
import { type MeasuredCell, type MeasuredPair, speed } from './measured.ts'

const WIDTH = 860
const LEFT = 170
const RIGHT = 40
const HEAD = 96
const LINE = 26
const FOOT = 40

const colorOf = ({ precision }: MeasuredCell) => (precision === 'float32' ? 'var(--head0)' : 'var(--head1)')

/**
 * The ratio of our speed to another engine's for every measured translation: a line for each model, number of sentences
 * and beams, on a logarithmic axis.
 */
export function ratioChart(pairs: readonly MeasuredPair[]): Picture {
  const layout = layoutOf(pairs)
  const [{ ours, theirs }] = pairs
  return {
    width: WIDTH,
    height: layout.bottom + FOOT,
    title: `Tokens a second, as a multiple of those of ${theirs.backend.replace(/^\S+/, ours.peer)}`,
    description: pairs.map(inWords).join('; '),
    content: [...heading(pairs), ...axis(layout), ...names(layout), ...pairs.map((pair) => mark(pair, layout))],
  }
}

const inWords = ({ ours }: MeasuredPair) => `${ours.case}: ${ours.ratio.toFixed(2)}×`

/** The model and the way of a case, such as 'fr-en int8 ×2, 32 × 1, real'. */
const lineOf = ({ ours }: MeasuredPair) => `${ours.model}\n${ours.case.split(', ').slice(1).join(', ')}`

/** The layout: powers of two at the ends of the axis, and the middle of each line; half a line separates models. */
function layoutOf(pairs: readonly MeasuredPair[]) {
  const powers = pairs.map(({ ours }) => Math.log2(ours.ratio))
  const [least, most] = [Math.floor(Math.min(0, ...powers)), Math.ceil(Math.max(1, ...powers))]
  const lines = [...new Set(pairs.map(lineOf))]
  const models = [...new Set(pairs.map(({ ours }) => ours.model))]
  const y = (line: string) => HEAD + LINE * (lines.indexOf(line) + 0.5 * (1 + models.indexOf(line.split('\n')[0])))
  const x = (ratio: number) => LEFT + ((Math.log2(ratio) - least) / (most - least)) * (WIDTH - LEFT - RIGHT)
  return { least, most, lines, x, y, bottom: y(lines.at(-1) ?? '') + LINE }
}

type Layout = ReturnType<typeof layoutOf>

/** The title, and a dot for each precision and number of threads. */
function heading(pairs: readonly MeasuredPair[]) {
  const [{ ours, theirs }] = pairs
  const kinds = [...new Map(pairs.map(({ ours }) => [`${ours.precision} ${ours.threads}`, ours])).values()]
  return [
    label(`Tokens a second, as a multiple of those of ${theirs.backend.replace(/^\S+/, ours.peer)}`, 20, 26, {
      size: 15,
      bold: true,
    }),
    label('sentences × beams', LEFT - 20, 66, { anchor: 'end', color: 'var(--quiet)' }),
    ...kinds.flatMap((kind, i) => [
      dot(kind, LEFT + 6 + 170 * i, 66),
      label(`${kind.precision}, ${counted(kind.threads, 'thread')}`, LEFT + 20 + 170 * i, 66, {
        color: 'var(--quiet)',
      }),
    ]),
  ]
}

/** Lines at 1×, 2×, 4×, …, and their labels. */
function axis({ least, most, x, bottom }: Layout) {
  return Array.from({ length: most - least + 1 }, (_, i) => 2 ** (least + i)).flatMap((ratio) => [
    line(`M${x(ratio).toFixed(1)} ${HEAD}V${bottom}`, ratio === 1 ? 'var(--quiet)' : 'var(--line)'),
    label(`${ratio}×`, x(ratio), bottom + 16, { anchor: 'middle', color: 'var(--quiet)' }),
  ])
}

/** The label of each line; the model's name is at its first line. */
function names({ lines, y }: Layout) {
  return lines.flatMap((each, i) => {
    const [model, way] = each.split('\n')
    const isFirst = !lines[i - 1]?.startsWith(`${model}\n`)
    return [
      ...(isFirst ? [label(model, 20, y(each), { bold: true })] : []),
      label(way, LEFT - 20, y(each), { anchor: 'end', color: 'var(--quiet)' }),
      line(`M${LEFT} ${y(each)}H${WIDTH - RIGHT}`, 'var(--line)'),
    ]
  })
}

const line = (d: string, stroke: string) => svg('path', { d, stroke })

function mark(pair: MeasuredPair, { x, y }: Layout) {
  const { ours, theirs } = pair
  const speeds = `${speed(ours)} and ${speed(theirs)} tokens/s`
  const title = svg('title', {}, `${ours.case}: ${speeds}, ${ours.ratio.toFixed(2)}×`)
  return dot(ours, x(ours.ratio).toFixed(1), y(lineOf(pair)), title)
}

/** A ring for one thread, a full dot for two. */
function dot(cell: MeasuredCell, cx: number | string, cy: number, ...children: SvgElement[]) {
  const color = colorOf(cell)
  const fill = cell.threads === 1 ? 'var(--paper)' : color
  return svg('circle', { cx, cy, r: 5, fill, stroke: color, 'stroke-width': 2 }, ...children)
}

import { type Picture, svg } from '../../dist/draw/marks/element.js'
import { label } from '../../dist/draw/marks/label.js'
import { type MeasuredCell, type MeasuredPair, speed } from './measured.ts'

const WIDTH = 520
const LEFT = 140
const LENGTH = 270
const BAR = 22
const SIZE = 15

/** Measurements of one bar chart. */
interface Group {
  beside: string[]
  precision: string
  model: string
  batch: number
  onlyRatios?: boolean
  title: string
}

const int8 = { beside: ['ctranslate2', 'transformers-js'], precision: 'int8' }

/** The measurements shown: greedy search on one thread. Where other programs ran on the machine, ratios alone are. */
const groups: Group[] = [
  { ...int8, model: 'fr-en', batch: 1, title: 'the embedded model in int8, one sentence at a time' },
  { ...int8, model: 'fr-en', batch: 32, title: 'the same, 32 sentences at once' },
  { ...int8, model: 'base', batch: 1, title: 'the paper’s base model in int8, one sentence at a time' },
  { ...int8, model: 'base', batch: 32, title: 'the same, 32 sentences at once' },
  {
    beside: ['marian'],
    precision: 'float32',
    model: 'fr-en',
    batch: 32,
    onlyRatios: true,
    title: 'the embedded model in float32, 32 sentences at once',
  },
  {
    beside: ['slimt'],
    precision: 'int8',
    model: 'en-pt',
    batch: 32,
    onlyRatios: true,
    title: 'a model of Firefox, 32 sentences at once',
  },
]

const isShown =
  ({ model, batch, precision }: Group) =>
  ({ ours }: MeasuredPair) =>
    ours.model === model &&
    ours.batch === batch &&
    ours.beam === 1 &&
    ours.precision === precision &&
    ours.threads === 1

/**
 * Tokens per second of Glassformer and other engines; `pairsBeside(bench)` returns the measurements beside one. A bar's length
 * is the share of Glassformer's speed, the median of interleaved runs.
 */
export function speedChart(pairsBeside: (bench: string) => MeasuredPair[]): Picture {
  const title = 'Target tokens a second: one thread, greedy search'
  const content = [label(title, 16, 24, { size: 17, bold: true })]
  const words: string[] = []
  const sources = new Set<string>()
  let top = 44
  for (const group of groups) {
    const pairs = group.beside.map((bench) => pairsBeside(bench).find(isShown(group))!)
    const textOf = (cell: MeasuredCell) => (group.onlyRatios ? '' : speed(cell))
    const bars = [
      { name: 'Glassformer', share: 1, text: textOf(pairs[0].ours), color: 'var(--head0)' },
      ...pairs.map(({ ours, theirs }) => ({
        name: ours.peer,
        share: 1 / ours.ratio,
        text: `${textOf(theirs)} (Glassformer ${ours.ratio.toFixed(1)}×)`.trim(),
        color: 'var(--quiet)',
      })),
    ]
    content.push(label(group.title, 16, top + 13, { size: SIZE, bold: true }), ...drawn(bars, top + 26))
    words.push(`${group.title}: ${bars.map(({ name, text }) => `${name} ${text}`).join(', ')}`)
    top += 26 + BAR * bars.length + 10
    for (const { ours } of pairs) sources.add(`${ours.cpu}; ${ours.date.slice(0, 10)}, commit ${ours.commit}`)
  }
  for (const source of sources) {
    top += 18
    content.push(label(source, 16, top, quiet))
  }
  return { width: WIDTH, height: top + 16, title, description: `${words.join('; ')}.`, content }
}

interface Bar {
  name: string
  share: number
  text: string
  color: string
}

const quiet = { color: 'var(--quiet)', size: 11 } as const

const drawn = (bars: readonly Bar[], top: number) =>
  bars.flatMap(({ name, share, text, color }, i) => {
    const y = top + BAR * i
    const width = Math.max(1, LENGTH * share)
    return [
      label(name, LEFT - 10, y + BAR / 2, { anchor: 'end', size: SIZE }),
      svg('rect', { x: LEFT, y: y + 3, width, height: BAR - 6, rx: 2, fill: color }),
      label(text, LEFT + width + 8, y + BAR / 2, { size: SIZE }),
    ]
  })

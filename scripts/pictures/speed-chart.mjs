import { svg } from '../../dist/look/draw/element.js'
import { label } from '../../dist/look/draw/label.js'
import { speed } from './measured.mjs'

const WIDTH = 520
const LEFT = 140
const LENGTH = 270
const BAR = 22
const SIZE = 15

/** The measurements shown: greedy search in int8 on one thread. */
const groups = [
  { model: 'fr-en', batch: 1, title: 'the embedded model, one sentence at a time' },
  { model: 'fr-en', batch: 32, title: 'the embedded model, 32 sentences at once' },
  { model: 'base', batch: 1, title: 'the paper’s base model, one sentence at a time' },
  { model: 'base', batch: 32, title: 'the paper’s base model, 32 sentences at once' },
]

const isShown =
  ({ model, batch }) =>
  ({ ours }) =>
    ours.model === model && ours.batch === batch && ours.beam === 1 && ours.precision === 'int8' && ours.threads === 1

/**
 * Tokens per second of Glassformer and two other engines. A bar's length is the share of Glassformer's speed, the
 * median of interleaved runs.
 */
export function speedChart(besideCTranslate2, besideTransformersJs) {
  const title = 'Target tokens a second: int8, one thread, greedy search'
  const content = [label(title, 16, 24, { size: 17, bold: true })]
  const words = []
  let top = 44
  for (const group of groups) {
    const pairs = [besideCTranslate2, besideTransformersJs].map((pairs) => pairs.find(isShown(group)))
    const bars = [
      { name: 'Glassformer', share: 1, text: speed(pairs[0].ours), color: 'var(--head0)' },
      ...pairs.map(({ ours, theirs }) => ({
        name: ours.peer,
        share: 1 / ours.ratio,
        text: `${speed(theirs)} (Glassformer ${ours.ratio.toFixed(1)}×)`,
        color: 'var(--quiet)',
      })),
    ]
    content.push(label(group.title, 16, top + 13, { size: SIZE, bold: true }), ...drawn(bars, top + 26))
    words.push(`${group.title}: ${bars.map(({ name, text }) => `${name} ${text}`).join(', ')}`)
    top += 26 + BAR * bars.length + 10
  }
  const { cpu, date, commit } = besideCTranslate2[0].ours
  content.push(
    label(`${cpu}`, 16, top + 10, quiet),
    label(`${date.slice(0, 10)}, commit ${commit}`, 16, top + 28, quiet),
  )
  return { width: WIDTH, height: top + 44, title, description: `${words.join('; ')}.`, content }
}

const quiet = { color: 'var(--quiet)' }

const drawn = (bars, top) =>
  bars.flatMap(({ name, share, text, color }, i) => {
    const y = top + BAR * i
    const width = Math.max(1, LENGTH * share)
    return [
      label(name, LEFT - 10, y + BAR / 2, { anchor: 'end', size: SIZE }),
      svg('rect', { x: LEFT, y: y + 3, width, height: BAR - 6, rx: 2, fill: color }),
      label(text, LEFT + width + 8, y + BAR / 2, { size: SIZE }),
    ]
  })

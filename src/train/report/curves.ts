import { counted, whole } from '../../number-text.ts'
import { stepAxis } from './axis.ts'
import { escaped } from './escaped.ts'
import type { Metrics } from './metrics.ts'
import { palette } from './palette.ts'
import { type Panel, panelSvg } from './panel.ts'

const WIDTH = 860
const LEFT = 60
const RIGHT = 130
const TITLE = 44
const FOOT = 46

const STYLE = `
.curves { ${palette.light} --grid: #e4e8ec; --c1: #0969da; --c2: #bc4c00; --c3: #1a7f37;
  font: 12px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
@media (prefers-color-scheme: dark) {
  .curves { ${palette.dark} --grid: #262c34; --c1: #58a6ff; --c2: #f0883e; --c3: #56d364; } }
.curves text { fill: var(--quiet); font-variant-numeric: tabular-nums; }
.curves text.title { fill: var(--ink); font-weight: 600; font-size: 14px; }
.curves text.name { font-weight: 600; }
.curves .paper { fill: var(--paper); }
.curves .grid { stroke: var(--grid); }
.curves .session { stroke: var(--quiet); stroke-dasharray: 2 4; }
.curves .line { fill: none; stroke-width: 1.8; stroke-linejoin: round; stroke-linecap: round; }
.curves .faint { stroke-width: 1; opacity: 0.3; }
.curves path.c1 { stroke: var(--c1); } .curves path.c2 { stroke: var(--c2); } .curves path.c3 { stroke: var(--c3); }
.curves text.c1, .curves circle.c1 { fill: var(--c1); }
.curves text.c2, .curves circle.c2 { fill: var(--c2); }
.curves text.c3, .curves circle.c3 { fill: var(--c3); }`

/**
 * The curves of a run as an SVG picture, light or dark as the reader's screen is: loss in training and on unseen sentences, BLEU and
 * chrF, learning rate; a dotted line where the run was interrupted. `steps` are those of the whole run.
 */
export function curvesSvg(metrics: Metrics, steps: number): string {
  const panels = panelsOf(metrics)
  const last = Math.max(1, metrics.steps.at(-1)?.step ?? 0)
  const width = WIDTH - LEFT - RIGHT
  const axis = stepAxis(axisEnd(last, steps), width, 8)
  const parts: string[] = []
  let top = TITLE
  for (const panel of panels) {
    parts.push(panelSvg(panel, { left: LEFT, top, width, steps: axis }))
    for (const { step } of metrics.sessions)
      if (step > 0) {
        const x = (LEFT + axis.at(step)).toFixed(1)
        const title = `<title>the run went on from step ${whole(step)}</title>`
        parts.push(`<path class="session" d="M${x} ${top}V${top + panel.height}">${title}</path>`)
      }
    top += panel.height + TITLE
  }
  const bottom = top - TITLE
  for (const { value, text } of axis.marks)
    parts.push(`<text x="${(LEFT + axis.at(value)).toFixed(1)}" y="${bottom + 18}" text-anchor="middle">${text}</text>`)
  parts.push(`<text x="${LEFT + width / 2}" y="${bottom + 36}" text-anchor="middle">step</text>`)
  const height = bottom + FOOT
  const summary = escaped(
    `Curves of a training over ${counted(last, 'step')}: ${panels.map(({ title }) => title).join('; ')}`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" class="curves" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${summary}">
<style>${STYLE}
</style>
<rect class="paper" width="${WIDTH}" height="${height}"/>
${parts.join('\n')}
</svg>
`
}

/** A run that has just begun does not stand in a corner of its picture: at most twice the steps it has taken are shown. */
const axisEnd = (last: number, steps: number) => (last >= steps ? last : Math.min(steps, Math.max(10, 2 * last)))

function panelsOf({ steps, validations }: Metrics): Panel[] {
  const best = validations.filter((line) => line.best).at(-1)
  const scores: Panel = {
    title: 'BLEU and chrF of unseen sentences',
    height: 160,
    curves: [
      { name: 'chrF', color: 'c3', points: validations.map(({ step, chrf }) => ({ step, value: chrf })) },
      { name: 'BLEU', color: 'c1', points: validations.map(({ step, bleu }) => ({ step, value: bleu })) },
    ],
    least: { low: 0, high: 10 },
  }
  return [
    {
      title: 'Loss',
      height: 220,
      curves: [
        { name: 'training', color: 'c1', noisy: true, points: steps.map(({ step, loss }) => ({ step, value: loss })) },
        {
          name: 'unseen',
          color: 'c2',
          points: validations.map(({ step, loss }) => ({ step, value: loss })),
          marked: best
            ? { point: { step: best.step, value: best.loss }, why: `the best, at step ${whole(best.step)}` }
            : null,
        },
      ],
    },
    ...(validations.length ? [scores] : []), // a run may have no pairs to measure with
    {
      title: 'Learning rate',
      height: 90,
      curves: [
        { name: '', color: 'c2', points: steps.map(({ step, learningRate }) => ({ step, value: learningRate })) },
      ],
      least: { low: 0, high: 0 },
    },
  ]
}

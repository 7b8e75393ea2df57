import { counted, whole } from '../../../base/values/number-text.ts'
import { stepAxis } from '../../../draw/marks/axis.ts'
import { type SvgElement, svg } from '../../../draw/marks/element.ts'
import { label, rounded } from '../../../draw/marks/label.ts'
import { type Panel, panelOf } from '../../../draw/marks/panel.ts'
import { svgText } from '../../../draw/marks/svg-text.ts'
import type { Metrics } from './metrics.ts'

const WIDTH = 860
const LEFT = 60
const RIGHT = 130
const TITLE = 44
const FOOT = 46

/**
 * The curves of a run as an SVG picture, light or dark like the reader's screen: loss in training and on unseen
 * sentences, BLEU and chrF, and learning rate. A dotted line marks an interruption of the run. `steps` is the number of
 * steps of the whole run.
 */
export function curvesSvg(metrics: Metrics, steps: number): string {
  const panels = panelsOf(metrics)
  const last = Math.max(1, metrics.steps.at(-1)?.step ?? 0)
  const width = WIDTH - LEFT - RIGHT
  const axis = stepAxis(axisEnd(last, steps), width, 8)
  const content: SvgElement[] = []
  let top = TITLE
  for (const panel of panels) {
    content.push(...panelOf(panel, { left: LEFT, top, width, steps: axis }))
    for (const { step } of metrics.sessions)
      if (step > 0) content.push(sessionLine(step, LEFT + axis.at(step), top, panel.height))
    top += panel.height + TITLE
  }
  const bottom = top - TITLE
  const quiet = { anchor: 'middle', color: 'var(--quiet)', size: 12 } as const
  for (const { value, text } of axis.marks) content.push(label(text, LEFT + axis.at(value), bottom + 14, quiet))
  content.push(label('step', LEFT + width / 2, bottom + 32, quiet))
  const title = `Curves of a training over ${counted(last, 'step')}`
  const description = panels.map(({ title }) => title).join('; ')
  return svgText({ width: WIDTH, height: bottom + FOOT, title, description, content }, 'either')
}

const sessionLine = (step: number, x: number, top: number, height: number) =>
  svg(
    'path',
    { d: `M${rounded(x)} ${top}v${height}`, stroke: 'var(--quiet)', 'stroke-dasharray': '2 4' },
    svg('title', {}, `the run went on from step ${whole(step)}`),
  )

/** The last step of the axis: at most twice the steps that the run has taken, so that the curves of a young run fill the picture. */
const axisEnd = (last: number, steps: number) => (last >= steps ? last : Math.min(steps, Math.max(10, 2 * last)))

function panelsOf({ steps, validations }: Metrics): Panel[] {
  const best = validations.filter((line) => line.best).at(-1)
  const scores: Panel = {
    title: 'BLEU and chrF of unseen sentences',
    height: 160,
    curves: [
      { name: 'chrF', color: 'var(--head2)', points: validations.map(({ step, chrf }) => ({ step, value: chrf })) },
      { name: 'BLEU', color: 'var(--head0)', points: validations.map(({ step, bleu }) => ({ step, value: bleu })) },
    ],
    least: { low: 0, high: 10 },
  }
  return [
    {
      title: 'Loss',
      height: 220,
      curves: [
        {
          name: 'training',
          color: 'var(--head0)',
          noisy: true,
          points: steps.map(({ step, loss }) => ({ step, value: loss })),
        },
        {
          name: 'unseen',
          color: 'var(--head1)',
          points: validations.map(({ step, loss }) => ({ step, value: loss })),
          marked: best
            ? { point: { step: best.step, value: best.loss }, why: `the best, at step ${whole(best.step)}` }
            : null,
        },
      ],
    },
    ...(validations.length ? [scores] : []), // a run may have no pairs for validation
    {
      title: 'Learning rate',
      height: 90,
      curves: [
        {
          name: '',
          color: 'var(--head1)',
          points: steps.map(({ step, learningRate }) => ({ step, value: learningRate })),
        },
      ],
      least: { low: 0, high: 0 },
    },
  ]
}

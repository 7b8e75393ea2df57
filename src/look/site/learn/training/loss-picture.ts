import { stepAxis } from '../../../../draw/marks/axis.ts'
import { type Picture, svg } from '../../../../draw/marks/element.ts'
import { label, rounded } from '../../../../draw/marks/label.ts'
import { headColor } from '../../../../draw/marks/palette.ts'
import { panelOf } from '../../../../draw/marks/panel.ts'
import type { Shown } from './lesson.ts'

const [LEFT, RIGHT, TOP, HEIGHT] = [48, 90, 40, 150]

/** The loss of each picture, in nats a token, over `steps` of the whole training; a line at the chosen step. */
export function lossPicture(pictures: readonly Shown[], at: number, steps: number, width: number): Picture {
  const room = width - LEFT - RIGHT
  const axis = stepAxis(steps, room, 6)
  const points = pictures.flatMap(({ step, loss }) => (loss === null ? [] : [{ step, value: loss }]))
  const curves = [{ name: 'loss', color: headColor(1), points }]
  const panel = { title: 'Loss in nats a token', height: HEIGHT, curves, least: { low: 0, high: 1 } }
  const quiet = { anchor: 'middle', size: 11, color: 'var(--quiet)' } as const
  const last = points.at(-1)
  return {
    width,
    height: TOP + HEIGHT + 24,
    title: 'The loss of the training',
    description: last ? `It is ${last.value.toFixed(3)} at step ${last.step} of ${steps}.` : 'There is no step yet.',
    content: [
      ...panelOf(panel, { left: LEFT, top: TOP, width: room, steps: axis }),
      ...axis.marks.map(({ value, text }) => label(text, LEFT + axis.at(value), TOP + HEIGHT + 14, quiet)),
      svg('path', {
        d: `M${rounded(LEFT + axis.at(at))} ${TOP}v${HEIGHT}`,
        stroke: 'var(--ink)',
        'stroke-dasharray': '4 3',
      }),
    ],
  }
}

import { stepAxis } from './marks/axis.ts'
import { type Picture, svg } from './marks/element.ts'
import { label, rounded } from './marks/label.ts'
import { headColor } from './marks/palette.ts'
import { panelOf } from './marks/panel.ts'

/** The probabilities of one sentence's tokens during a training. */
export interface Learning {
  title: string
  /** Steps of the training with measurements, ascending. */
  steps: readonly number[]
  /** Each token of the sentence, with its probability at each step. */
  tokens: readonly { token: string; probabilities: readonly number[] }[]
  /** The selected step; by default none. */
  at?: number
  width?: number
}

const LEFT = 48
const RIGHT = 130
const TOP = 40
const ROW = 15

/** A curve for each token, labelled at its end, and a line at the selected step. */
export function learning({ title, steps, tokens, at, width = 860 }: Learning): Picture {
  const room = width - LEFT - RIGHT
  const height = Math.max(180, tokens.length * ROW)
  const axis = stepAxis(steps[steps.length - 1] ?? 1, room, 8)
  const curves = tokens.map(({ token, probabilities }, i) => ({
    name: token,
    color: headColor(i),
    points: steps.map((step, s) => ({ step, value: probabilities[s] })),
  }))
  const panel = { title: 'Probability of each token of the translation', height, curves, least: { low: 0, high: 1 } }
  const quiet = { anchor: 'middle', size: 11, color: 'var(--quiet)' } as const
  const bottom = TOP + height
  return {
    width,
    height: bottom + 44,
    title,
    description: tokens
      .map(
        ({ token, probabilities: [first, ...more] }) =>
          `${token}: from ${(first ?? 0).toFixed(2)} to ${(more.at(-1) ?? first ?? 0).toFixed(2)}`,
      )
      .join(', '),
    content: [
      ...panelOf(panel, { left: LEFT, top: TOP, width: room, steps: axis }),
      ...axis.marks.map(({ value, text }) => label(text, LEFT + axis.at(value), bottom + 14, quiet)),
      label('step of the training', LEFT + room / 2, bottom + 32, quiet),
      ...(at === undefined
        ? []
        : [
            svg('path', {
              d: `M${rounded(LEFT + axis.at(at))} ${TOP}v${height}`,
              stroke: 'var(--ink)',
              'stroke-width': 1.5,
              'stroke-dasharray': '4 3',
              'data-at': at,
            }),
          ]),
    ],
  }
}

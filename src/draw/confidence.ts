import { percent } from './marks/distribution.ts'
import { type Picture, svg } from './marks/element.ts'
import { label } from './marks/label.ts'
import { fitted } from './marks/text-width.ts'

/** A token of a translation with its probability when it was chosen. */
export interface ConfidenceStep {
  token: string
  probability: number
  forced: boolean
  /** The token that was drafted for the step, and whether it was chosen. */
  draft?: { token: string; isAccepted: boolean }
}

export interface ConfidenceDrawing {
  steps: readonly ConfidenceStep[]
  /** The selected step; by default none. */
  step?: number
  /** The prefix of tokens in `data-token`: 'target' (the default) for 'target:3'. */
  side?: string
}

const COLUMN = 64
const BARS = { top: 14, height: 70 }

/**
 * The probability of each token of a translation when it was chosen: a bar for each step, one of which may be marked.
 */
export function confidence({ steps, step, side = 'target' }: ConfidenceDrawing): Picture {
  const bottom = BARS.top + BARS.height
  return {
    width: Math.max(1, steps.length) * COLUMN + 8,
    height: bottom + 38,
    title: 'Probability of each token',
    description: steps.map(({ token, probability }, i) => `${i + 1}. ${token} ${percent(probability)}`).join(', '),
    content: steps.map(({ token, probability, forced, draft }, i) => {
      const x = 4 + i * COLUMN
      const middle = x + COLUMN / 2
      const height = Math.max(1, probability * BARS.height)
      const bold = i === step
      return svg(
        'g',
        { 'data-token': `${side}:${i}`, 'data-step': i },
        svg(
          'title',
          {},
          `step ${i + 1}: ${token} ${percent(probability)}${forced ? ', forced' : ''}${draft ? `, ${draftText(draft)}` : ''}`,
        ),
        svg('rect', {
          class: 'ground',
          x: x + 1,
          y: 2,
          width: COLUMN - 2,
          height: bottom + 34,
          rx: 5,
          fill: bold ? 'var(--soft)' : 'var(--paper)',
          stroke: bold ? 'var(--ink)' : 'var(--paper)',
        }),
        svg('rect', {
          x: middle - 9,
          y: bottom - height,
          width: 18,
          height,
          fill: forced ? 'var(--negative)' : 'var(--positive)',
          'fill-opacity': bold ? 1 : 0.6,
        }),
        ...(draft
          ? [
              svg('rect', {
                class: 'draft',
                'data-draft': draft.isAccepted ? 'accepted' : 'refused',
                x: x + 8,
                y: bottom + 1,
                width: COLUMN - 16,
                height: 3,
                rx: 1.5,
                fill: draft.isAccepted ? 'var(--head2)' : 'var(--negative)',
              }),
            ]
          : []),
        label(fitted(token, COLUMN - 8, 13), middle, bottom + 12, { anchor: 'middle', bold }),
        label(percent(probability), middle, bottom + 26, { anchor: 'middle', size: 10, color: 'var(--quiet)' }),
      )
    }),
  }
}

/** 'drafted', or 'drafted: X, refused'. */
export const draftText = ({ token, isAccepted }: NonNullable<ConfidenceStep['draft']>): string =>
  isAccepted ? 'drafted' : `drafted: ${token}, refused`

import { type Picture, type SvgElement, svg } from './element.ts'
import { label } from './label.ts'
import { fitted, textWidth } from './text-width.ts'

/** One token of a distribution. */
export interface DistributionBar {
  token: string
  probability: number
  /** The rank among all tokens, 0: the most probable. */
  rank: number
  /** The name that identifies the bar: 'data-id'. */
  id?: number
}

export interface DistributionDrawing {
  /** The most probable tokens, best first. */
  bars: readonly DistributionBar[]
  /** The token chosen at this step; it has a separate bar where it is not among the others. */
  chosen: DistributionBar
  /** Whether the chosen token was forced. */
  forced?: boolean
  /** Entropy in nats. */
  entropy: number
  /** Index of the step in the target, from 0. */
  step: number
}

const ROW = 26
const TOP = 12
const LABEL = 150
const WIDTH = 680
const BAR = { left: LABEL + 12, width: WIDTH - LABEL - 12 - 190, height: 16 }

/**
 * The distribution of one decoding step: a bar for each of the most probable tokens, the chosen one marked, and the
 * rest of the probability.
 */
export function distribution(drawing: DistributionDrawing): Picture {
  const { bars, chosen, forced = false, entropy, step } = drawing
  const rows = bars.some(({ rank }) => rank === chosen.rank) ? bars : [...bars, chosen]
  const rest = Math.max(0, 1 - rows.reduce((sum, { probability }) => sum + probability, 0))
  const content = rows.map((bar, i) => {
    const isChosen = bar.rank === chosen.rank
    const mark = isChosen ? (forced ? 'forced' : 'chosen') : ''
    return barRow(bar, {
      y: TOP + i * ROW,
      isChosen,
      mark: bar.rank === i ? mark : `${mark} (${ordinal(bar.rank + 1)})`,
    })
  })
  const height = TOP + rows.length * ROW + 34
  content.push(
    label(
      `all other tokens ${percent(rest)} · entropy ${entropy.toFixed(2)} nats, as of ${perplexity(entropy)} equally likely tokens`,
      BAR.left,
      height - 18,
      { size: 12, color: 'var(--quiet)' },
    ),
  )
  return {
    width: WIDTH,
    height,
    title: `Step ${step + 1}: probability of the next token`,
    description: `Step ${step + 1}: ${rows.map(({ token, probability }) => `${token} ${percent(probability)}`).join(', ')}; ${
      forced ? 'forced' : 'chosen'
    }: ${chosen.token}.`,
    content,
  }
}

function barRow(
  { token, probability, rank, id }: DistributionBar,
  { y, isChosen, mark }: { y: number; isChosen: boolean; mark: string },
): SvgElement {
  const middle = y + ROW / 2
  const length = Math.max(1, probability * BAR.width)
  const bold = isChosen
  const figure = percent(probability)
  const end = BAR.left + length + 8
  return svg(
    'g',
    { 'data-rank': rank, ...(id !== undefined && { 'data-id': id }) },
    svg('title', {}, `${token}: ${(100 * probability).toPrecision(4)} %`),
    svg('rect', { x: 0, y, width: WIDTH, height: ROW, fill: 'var(--paper)', 'fill-opacity': 0 }),
    label(fitted(token, LABEL - 4, 14), LABEL, middle, { anchor: 'end', size: 14, bold }),
    svg('rect', {
      x: BAR.left,
      y: middle - BAR.height / 2,
      width: length,
      height: BAR.height,
      rx: 2,
      fill: 'var(--positive)',
      'fill-opacity': isChosen ? 1 : 0.4,
    }),
    label(figure, end, middle, { size: 12, bold }),
    ...(mark ? [label(mark, end + textWidth(figure, 12) + 12, middle, { size: 12, color: 'var(--positive)' })] : []),
  )
}

/** 0.123 → '12.3 %', 0.000123 → '0.012 %'. */
export function percent(probability: number): string {
  const percents = 100 * probability
  if (percents >= 0.1 || percents === 0) return `${percents.toFixed(1)} %`
  return percents < 0.0001 ? '< 0.0001 %' : `${Number(percents.toPrecision(2))} %`
}

const perplexity = (entropy: number) => Number(Math.exp(entropy).toPrecision(3))

function ordinal(n: number): string {
  const last = n % 100 > 10 && n % 100 < 14 ? 0 : n % 10
  return `${n}${['th', 'st', 'nd', 'rd'][last] ?? 'th'}`
}

import { present } from '../../base/present.ts'
import type { Picture } from '../../draw/marks/element.ts'
import { matrix } from '../../draw/marks/matrix.ts'
import { type Side, sideOf } from '../../draw/marks/side.ts'
import { type Share, shares, signedText } from '../../draw/shares.ts'
import type { Trace, TracedAttribution, TracedShare, TracedSweep } from '../data/trace.ts'
import { first, inputSide } from './attention.ts'
import { pieceNames, shownTokens } from './tokens.ts'

/** The number of bars before the rest is one bar. */
const MOST_BARS = 18

/** The score that is shared out, in words: 'logit of cat minus that of dog'. */
export function scoreName(trace: Pick<Trace, 'source' | 'target'>, { token, rival }: TracedAttribution): string {
  const named = pieceNames(trace)
  return `logit of ${named(token.token)}${rival ? ` minus that of ${named(rival.token)}` : ''}`
}

/** The direct shares of each part, the largest first; rows of heads carry `data-part` and `data-head`. */
export function stepSharesPicture(trace: Trace, attribution: TracedAttribution): Picture {
  const { direct = [], score } = attribution
  const sorted = [...direct].sort((a, b) => Math.abs(b.share) - Math.abs(a.share))
  const rest = sorted.slice(MOST_BARS)
  const rows: Share[] = sorted.slice(0, MOST_BARS).map((each) => ({
    name: shareName(each),
    share: each.share,
    ...(each.kind === 'head' && { mark: { 'data-part': each.part, 'data-head': present(each.head) } }),
  }))
  if (rest.length > 0)
    rows.push({ name: `${rest.length} smaller ones`, share: rest.reduce((sum, { share }) => sum + share, 0) })
  return shares({
    title: `Step ${attribution.step + 1}: what the ${scoreName(trace, attribution)} is made of`,
    shares: rows,
    sum: { name: 'in all', value: score },
  })
}

/** 'decoder 1 cross-attention, head 2'. */
function shareName({ part, kind, head }: TracedShare): string {
  const name = part
    .replaceAll('.', ' ')
    .replace('selfAttention', 'self-attention')
    .replace('crossAttention', 'cross-attention')
    .replace('feedForward', 'feed-forward')
    .replace(/Norm$/, ' norm')
  if (kind === 'head') return `${name}, head ${head}`
  return kind === 'bias' ? `${name}, bias` : name
}

/** The shares of the tokens of source and prefix, by gradients: a row of cells for each side. */
export function tokenSharesPictures(
  trace: Trace,
  attribution: TracedAttribution,
  by: 'gradient' | 'integrated',
): Picture[] {
  const { source = [], prefix = [] } = attribution[by] ?? {}
  const sides: [string, Side, number[]][] = [
    ['Source', sideOf('source', shownTokens(trace.source)), source],
    ['What the decoder has read', first(inputSide(trace), attribution.step + 1), prefix],
  ]
  return sides.flatMap(([title, side, values]) =>
    values.length === 0 ? [] : [rowPicture(title, first(side, values.length), values)],
  )
}

function rowPicture(title: string, side: Side, values: readonly number[]): Picture {
  const shown = values.slice(0, side.tokens.length)
  return matrix({
    title,
    description: side.tokens.map((token, i) => `${token} ${signedText(shown[i])}`).join(', '),
    rows: { name: 'share', tokens: ['share'], marks: [''] },
    columns: side,
    values: shown,
    scale: 'signed',
    decimals: decimalsOf(shown),
    captions: { columns: title, rows: '' },
    marks: (_, column) => ({ 'data-token': side.marks[column] }),
    width: 980,
  })
}

/** Decimals that show differences between values: 3 where all are small. */
const decimalsOf = (values: readonly number[]) => (values.some((value) => Math.abs(value) >= 1) ? 1 : 3)

const measureNames: Record<TracedSweep['measure'], string> = {
  logitDifference: 'logit difference',
  probability: 'probability',
  loss: 'loss',
}

/** The measure of a sweep, in words: 'logit of cat minus that of dog at step 2'. */
export function sweepName(
  trace: Pick<Trace, 'source' | 'target'>,
  { measure, answer, rival, step }: TracedSweep,
): string {
  const named = pieceNames(trace)
  if (measure === 'loss') return 'loss of the translation in nats a token'
  const what = measure === 'probability' ? 'probability of' : 'logit of'
  const minus = measure === 'logitDifference' && rival ? ` minus that of ${named(rival.token)}` : ''
  return `${what} ${answer ? named(answer.token) : 'the token'}${minus}${step === null ? '' : ` at step ${step + 1}`}`
}

/**
 * A sweep as a heat map of changes: how far the measured number moves where a tensor (row) is replaced at a position or
 * in a head (column). Cells carry `data-row` and `data-column`; a cell without an aligned row is grey.
 */
export function sweepChangesPicture(trace: Trace, sweep: TracedSweep): Picture {
  const { rows, columns, values, plain } = sweep
  const side = columnsOf(trace, columns)
  const flat = values.flatMap((row) => row.map((value) => (value === null ? Number.NaN : value - plain)))
  return matrix({
    title: `What if: change of the ${measureNames[sweep.measure]}`,
    description: `A row for each tensor (${rows.join(', ')}), a column for each ${columns.kind}. ${strongest(sweep, side)}`,
    rows: { name: 'tensor', tokens: rows.map(rowName), marks: rows.map(() => '') },
    columns: side,
    values: flat,
    scale: 'signed',
    decimals: decimalsOf(flat),
    captions: { columns: columns.kind === 'head' ? 'head' : side.name, rows: 'tensor' },
    marks: (row, column) => ({ 'data-row': row, 'data-column': column, 'data-id': `${row}:${column}` }),
    width: 980,
  })
}

function columnsOf(trace: Trace, columns: TracedSweep['columns']): Side {
  if (columns.kind === 'head') {
    const tokens = Array.from({ length: columns.heads }, (_, head) => String(head))
    return { name: 'head', tokens, marks: tokens.map(() => '') }
  }
  return columns.side === 'source' ? sideOf('source', shownTokens(trace.source)) : inputSide(trace)
}

/** 'encoder.0.out' → 'encoder 0', 'decoder.1.crossAttention.heads' → 'decoder 1 cross'. */
const rowName = (name: string): string =>
  name
    .replace(/\.(out|heads)$/, '')
    .replaceAll('.', ' ')
    .replace('selfAttention', 'self')
    .replace('crossAttention', 'cross')

/** The value of a cell in words: 'encoder.0.out at chat: −7.60, that is −15.42'. */
export function sweepReading(trace: Trace, sweep: TracedSweep, row: number, column: number): string {
  const value = sweep.values[row]?.[column]
  if (value === undefined) return ''
  const { tokens } = columnsOf(trace, sweep.columns)
  const place = `${sweep.rows[row]} ${sweep.columns.kind === 'head' ? `head ${column}` : `at ${tokens[column]}`}`
  if (value === null) return `${place}: no token of the second sentence stands for it`
  return `${place}: ${value.toFixed(3).replace('-', '−')}, a change of ${signedText(value - sweep.plain)}`
}

function strongest({ rows, values, plain }: TracedSweep, { tokens }: Side): string {
  let best = { row: 0, column: 0, change: 0 }
  for (const [row, line] of values.entries())
    for (const [column, value] of line.entries())
      if (value !== null && Math.abs(value - plain) > Math.abs(best.change))
        best = { row, column, change: value - plain }
  return `The largest change, ${signedText(best.change)}: ${rows[best.row]} at ${tokens[best.column]}.`
}

import { entryOf, present } from '../../base/present.ts'
import type { Picture } from '../../draw/marks/element.ts'
import { matrix } from '../../draw/marks/matrix.ts'
import { type Side, sideOf } from '../../draw/marks/side.ts'
import type { Trace, TracedAttribution, TracedShare } from '../data/trace.ts'
import { inputSide, outputSide } from './attention.ts'
import { pieceNames, shownTokens } from './tokens.ts'

/** A side of a matrix whose rows or columns are no tokens. */
const plainSide = (name: string, tokens: readonly string[]): Side => ({
  name,
  tokens: [...tokens],
  marks: tokens.map((_, i) => `${name}:${i}`),
})

const nameOf = ({ part, kind, head }: TracedShare): string =>
  kind === 'head'
    ? `${part.replace('decoder.', '').replace('Attention', '')} ${head}`
    : `${part.replace('decoder.', '')}${kind === 'bias' ? ' bias' : ''}`

/** The target tokens that are explained. */
function explained({ target, attributions = [] }: Trace): Side {
  const all = outputSide(target)
  const steps = attributions.map(({ step }) => step)
  return { ...all, tokens: steps.map((step) => all.tokens[step]), marks: steps.map((step) => all.marks[step]) }
}

const against = ({ attributions = [] }: Trace, named: (piece: string) => string): string => {
  const rivals = [...new Set(attributions.flatMap(({ rival }) => (rival ? [named(rival.token)] : [])))]
  return rivals.length ? `, minus that of ${rivals.join(', ')}` : ''
}

/** The direct shares: a row for each part, biases together, a column for each target token. */
export function sharesPicture(trace: Trace): Picture {
  const attributions = present(trace.attributions)
  const rows = rowsOf(attributions)
  const names = [...rows.keys()]
  const columns = explained(trace)
  return matrix({
    title: `Shares of each token's logit${against(trace, pieceNames(trace))}`,
    description: `A row for each part of the decoder, a column for each target token (${columns.tokens.join(' ')}). The shares of a column add up to the logit.`,
    rows: plainSide('part', names),
    columns,
    values: names.flatMap((name) => entryOf(rows, name)),
    scale: 'signed',
    captions: { columns: 'target', rows: 'part' },
    marks: (row, column) => ({ 'data-part': names[row], 'data-key': columns.marks[column] }),
  })
}

function rowsOf(attributions: readonly TracedAttribution[]): Map<string, number[]> {
  const rows = new Map<string, number[]>()
  for (const [column, { direct }] of attributions.entries())
    for (const share of present(direct)) {
      const name = share.kind === 'bias' ? 'biases' : nameOf(share)
      const row = rows.get(name) ?? attributions.map(() => 0)
      row[column] += share.share
      rows.set(name, row)
    }
  return rows
}

/** A row for each target token, a column for each token that was read. */
export function saliencyPicture(trace: Trace, by: 'gradient' | 'integrated'): Picture {
  const attributions = present(trace.attributions)
  const hasSource = present(attributions[0][by]).source.length > 0
  const columns = hasSource ? sideOf('source', shownTokens(trace.source)) : inputSide(trace)
  const rows = explained(trace)
  const what = by === 'gradient' ? 'Gradient × embedding' : 'Integrated gradients'
  return matrix({
    title: `${what} of each token's logit${against(trace, pieceNames(trace))}`,
    description: `A row for each target token (${rows.tokens.join(' ')}), a column for each token that was read (${columns.tokens.join(' ')}).`,
    rows,
    columns,
    values: attributions.flatMap((each) => present(each[by])[hasSource ? 'source' : 'prefix']),
    scale: 'signed',
    captions: { columns: columns.name, rows: 'target' },
    marks: (row, column) => ({ 'data-query': rows.marks[row], 'data-key': columns.marks[column] }),
  })
}

/** The heat map of a sweep: a row for each tensor, a column for each position or head. */
export function sweepPicture(trace: Trace): Picture {
  const sweep = present(trace.sweep)
  const { measure, answer, rival, step, columns: of, by, second, plain, other } = sweep
  const named = pieceNames(trace)
  const columns =
    of.kind === 'head'
      ? plainSide(
          'head',
          Array.from({ length: of.heads }, (_, head) => `head ${head}`),
        )
      : of.side === 'source'
        ? sideOf('source', shownTokens(trace.source))
        : { ...inputSide(trace), tokens: inputSide(trace).tokens.slice(0, of.tokens.length) }
  const what = {
    logitDifference: () =>
      `logit of ${named(present(answer).token)} minus that of ${named(present(rival).token)}, step ${step}`,
    probability: () => `probability of ${named(present(answer).token)}, step ${step}`,
    loss: () => 'loss, nats for each token',
  }[measure]()
  const replaced = second
    ? `tensors of “${second.text}”`
    : { zero: 'zeros', mean: 'means', noise: 'noise', second: '' }[by]
  const numbers = `${plain.toFixed(2)} as it is${other === null ? '' : `, ${other.toFixed(2)} of the second sentence`}`
  return matrix({
    title: `Replaced by ${replaced}: ${what} (${numbers})`.replaceAll('-', '−'),
    description: `A row for each tensor (${sweep.rows.join(', ')}), a column for each ${of.kind} (${columns.tokens.join(' ')}): ${what} while the tensor is replaced there.`,
    rows: plainSide('tensor', sweep.rows),
    columns,
    values: sweep.values.flatMap((row) => row.map((value) => value ?? Number.NaN)),
    scale: 'signed',
    captions: { columns: columns.name, rows: 'tensor' },
    marks: (row, column) => ({ 'data-tensor': sweep.rows[row], 'data-key': columns.marks[column] }),
  })
}

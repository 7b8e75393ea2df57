import { draftText } from '../../draw/confidence.ts'
import type { Trace, TracedStep } from '../../trace/data/trace.ts'
import { type Colors, inColor } from '../terminal/color.ts'
import { charactersOf, fitted, harmless, widthOf } from '../terminal/width.ts'

/** The layout of an explanation: its width in columns, and its colors. */
export interface Terminal {
  columns: number
  colors: Colors
}

/** The tensors that a trace needs to be explained. */
export const EXPLAINED = { tensors: ['decoder.*.crossAttention.weights'], steps: 5 }

/** Explains one sentence: the attention of each target token, and the alternatives at each step. */
export function explanation(trace: Trace, terminal: Terminal): string {
  const { layer, weights } = bestLayer(trace)
  const { heads, layers } = trace.model.decoder
  const which = layers > 1 ? ` of ${layers}, counted from 0, which looks most at single words` : ''
  return [
    `Attention to the source: decoder layer ${layer}${which}, mean of its heads (${heads})`,
    ...alignment(trace, weights, terminal),
    '',
    'The most probable tokens of each step',
    ...trace.steps.flatMap((step, i) => stepLines(step, i, trace.steps.length, terminal)),
    '',
  ]
    .map((line) => `${line.trimEnd()}\n`)
    .join('')
}

/**
 * The cross-attention averaged over heads [target, source], of the layer most like an alignment: the one whose highest
 * weights on source tokens other than the end token are highest on average.
 */
function bestLayer({ tensors, source, target, model }: Trace): { layer: number; weights: Float32Array } {
  const [T, S] = [target.ids.length, source.ids.length]
  let best = { layer: 0, weights: new Float32Array(0), decided: -1 }
  for (let layer = 0; layer < model.decoder.layers; layer++) {
    const { values } = tensors[`decoder.${layer}.crossAttention.weights`]
    const heads = values.length / (T * S)
    const weights = new Float32Array(T * S)
    for (let i = 0; i < values.length; i++) weights[i % weights.length] += values[i] / heads
    let decided = 0
    for (let t = 0; t < T; t++)
      decided += Math.max(0, ...source.words.map((word, s) => (word < 0 ? 0 : weights[t * S + s])))
    if (decided > best.decided) best = { layer, weights, decided }
  }
  return best
}

/** The maximum columns for the target tokens. */
const LABEL = 12
/** Width of a cell in columns. */
const CELL = 2

/**
 * A row for each target token, and a column for each source token under its vertical name; several blocks where the
 * columns do not fit.
 */
function alignment({ source, target }: Trace, weights: Float32Array, terminal: Terminal): string[] {
  const rows = target.tokens.map(harmless)
  const label = Math.min(LABEL, Math.max(...rows.map(widthOf)))
  const names = source.tokens.map((token) => charactersOf(harmless(token)))
  const perBlock = Math.max(1, Math.floor((terminal.columns - label - 1) / CELL))
  const lines: string[] = []
  for (let from = 0; from < names.length; from += perBlock) {
    const to = Math.min(names.length, from + perBlock)
    if (from > 0) lines.push('')
    lines.push(...header(names.slice(from, to)).map((line) => `${' '.repeat(label)} ${line}`))
    rows.forEach((row, t) => {
      const of = weights.subarray(t * names.length + from, t * names.length + to)
      lines.push(`${fitted(row, label)} ${Array.from(of, (weight) => cell(weight, terminal.colors)).join('')}`)
    })
  }
  return lines
}

/** Names written vertically, aligned at their last characters. */
function header(names: readonly string[][]): string[] {
  const height = Math.max(...names.map(({ length }) => length))
  return Array.from({ length: height }, (_, line) =>
    names.map((name) => fitted(name[line - height + name.length] ?? '', CELL)).join(''),
  )
}

const SHADES = ['  ', '··', '░░', '▒▒', '▓▓', '██']
/** Dark blue to light of the 256 colors, for weights from 0 to 1. */
const BLUES = [17, 18, 19, 25, 32, 39, 45, 51, 123, 159]

/** A weight from 0 to 1 as a cell. */
function cell(weight: number, colors: Colors): string {
  if (colors === '256') {
    if (weight < 0.02) return '  '
    return `\x1b[48;5;${BLUES[Math.min(BLUES.length - 1, Math.floor(weight * BLUES.length))]}m  \x1b[49m`
  }
  const shade = weight < 0.02 ? 0 : Math.min(SHADES.length - 1, 1 + Math.floor(weight * (SHADES.length - 1)))
  return shade ? inColor(SHADES[shade], 36, colors) : SHADES[0]
}

const percent = (logProbability: number) => `${(100 * Math.exp(logProbability)).toFixed(1)} %`

/**
 * A step: the chosen token with its probability, and its rank where it is not the most probable; then the other
 * probable tokens, on further lines where there is no room.
 */
function stepLines(
  { chosen, top, draft }: TracedStep,
  step: number,
  steps: number,
  { columns, colors }: Terminal,
): string[] {
  const named = (each: { token: string; logProbability: number }) =>
    `${harmless(each.token)} ${percent(each.logProbability)}`
  const rank = chosen.rank ? ` (rank ${chosen.rank + 1})` : ''
  const number = `${String(step + 1).padStart(String(steps).length)}  `
  // The space after the token for its probability and a rank of three digits.
  const label = Math.min(LABEL, Math.max(4, columns - number.length - 20))
  const first = `${fitted(harmless(chosen.token), label)} ${percent(chosen.logProbability).padStart(7)}${rank}`
  const lines = [number + inColor(first, chosen.rank ? 33 : 32, colors)]
  let width = number.length + widthOf(first)
  if (draft) {
    const words = draftText({ ...draft, token: harmless(draft.token) })
    lines[0] += GAP + inColor(words, draft.isAccepted ? 36 : 31, colors)
    width += GAP.length + widthOf(words)
  }
  for (const part of top.filter(({ id }) => id !== chosen.id).map(named)) {
    const isFull = width + GAP.length + widthOf(part) > columns
    if (isFull) lines.push(' '.repeat(number.length))
    width = (isFull ? number.length : width) + GAP.length + widthOf(part)
    lines[lines.length - 1] += GAP + part
  }
  return lines
}

const GAP = '   '

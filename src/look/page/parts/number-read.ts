import { numberNamed } from '../../../draw/marks/numbers.ts'
import type { Trace } from '../../../trace/data/trace.ts'
import { inputSide } from '../../../trace/figure/attention.ts'
import { shownTokens } from '../../../trace/figure/tokens.ts'
import type { Page } from '../state/page.ts'
import { numberText } from './number-table.tsx'

/** A number under the pointer in words: its tensor, its row by token, its column, and its value where the trace has it. */
export function numberRead(name: string, { traces, run }: Page): string {
  const number = numberNamed(name)
  const trace = traces.shown(run)
  if (!number || !trace) return name
  const value = valueAt(trace, number)
  const place = placeText(trace, number)
  return value === null ? place : `${place} = ${numberText(value)}. Click to see where it comes from.`
}

/** A number of a tensor by its place. */
export interface NumberPlace {
  tensor: string
  at: readonly number[]
}

/** 'encoder.0.selfAttention.query of suis, column 5'. */
export function placeText(trace: Trace, { tensor, at }: NumberPlace): string {
  const rows = rowNames(trace, tensor)
  if (at.length === 3) {
    const [head, query, key] = at
    const keys = tensor.includes('crossAttention') ? shownTokens(trace.source) : rows
    return `${tensor}, head ${head}: ${rows?.[query] ?? query} looks at ${keys?.[key] ?? key}`
  }
  const [row, column] = at
  return rows ? `${tensor} of ${rows[row] ?? row}, column ${column}` : `${tensor}, row ${row}, column ${column}`
}

/** The tokens of a tensor's rows; null for weights. */
export function rowNames(trace: Trace, tensor: string): readonly string[] | null {
  if (/\.(weight|bias)$/.test(tensor)) return null
  const isOfSource = tensor.startsWith('encoder.') || /crossAttention\.(key|value)$/.test(tensor)
  return isOfSource ? shownTokens(trace.source) : inputSide(trace).tokens
}

function valueAt({ tensors }: Trace, { tensor, at }: NumberPlace): number | null {
  const found = tensors[tensor]
  if (!found || at.length !== found.shape.length) return null
  return found.values[at.reduce((place, index, i) => place * found.shape[i] + index, 0)] ?? null
}

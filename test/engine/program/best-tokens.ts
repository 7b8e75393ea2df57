/** The best next tokens of a row of logits, as the op `candidates` chooses them. */
import { logSoftmax, rowsOf } from './mathematics.ts'
import type { OpCase } from './random-operands.ts'

export interface Edit {
  id: number
  kind: number
  value: number
}

export function editsOf(inputs: OpCase['inputs'], row: number): Edit[] {
  const values = inputs.values!.data
  return rowsOf(inputs.edits!)
    .map(([at, id, kind], e) => ({ at, id, kind, value: values[e] }))
    .filter(({ at }) => at === row)
}

/** All ids of a row of logits, best first, after its edits. */
export function bestOf(logits: number[], edits: readonly Edit[], { normalize }: OpCase['attributes']) {
  let row = normalize === 'after' ? [...logits] : logSoftmax(logits)
  for (const { id, kind, value } of edits) {
    const score = row[id]
    if (kind === 0) row[id] = value
    else if (kind === 1) row[id] = score < 0 ? score * value : score / value
    else if (score > -Infinity) row[id] = kind === 2 ? score + value : score + value * Math.abs(score)
  }
  if (normalize !== 'before') row = logSoftmax(row)
  return row
    .map((value, id) => ({ value, id }))
    .sort((a, b) => (b.value > a.value ? 1 : b.value < a.value ? -1 : a.id - b.id))
}

import { logSumExp } from '../functions/activation-functions.ts'
import { bestOf } from '../functions/best-of.ts'
import { inChunks } from '../losses/logits.ts'
import { refuse } from '../operands/check.ts'
import { checkEdits, edit } from '../operands/edits.ts'
import type { Check, Kernel } from '../operands/kernel.ts'

export const checkCandidates: Check<'candidates'> = ({ x, weight, edits, scores }) => {
  const { rows } = x
  const vocabulary = weight.rows
  const k = rows ? scores.rows / rows : 0
  if (rows ? !Number.isInteger(k) || k < 1 || k > vocabulary : scores.rows)
    refuse('candidates', `C is ${scores.rows}: not 1 to ${vocabulary} for each of ${rows} rows`)
  checkEdits('candidates', edits, rows, vocabulary)
}

export const candidates: Kernel<'candidates'> = (call) => {
  const { x, edits, values, scores, ids, normalize } = call
  if (!x.rows) return
  const k = scores.rows / x.rows
  let e = 0
  inChunks([call], (first, [logits]) => {
    for (let r = 0; r < logits.rows; r++) {
      const at = r * logits.stride
      const before = normalize === 'after' ? 0 : logSumExp(logits, at)
      for (let i = at; i < at + logits.width; i++) logits.data[i] -= before
      for (; e < edits.rows && edits.data[edits.offset + e * edits.stride] === first + r; e++)
        edit(logits.data, at, edits, values, e)
      const after = normalize === 'before' ? 0 : logSumExp(logits, at)
      bestOf(logits, at, after, k, { scores, ids, at: (first + r) * k })
    }
  })
}

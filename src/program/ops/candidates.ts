import { candidatesKernel, checkCandidates } from '../../backend/js/candidates.ts'
import { defineOp, expectShape } from '../op.ts'

/** What an edit does to a score: `set` replaces it; `penalise` divides it if positive, multiplies it if negative; `add` adds. */
export const edits = ['set', 'penalise', 'add'] as const

/**
 * The best next tokens of each row: log-softmax with top-k in one pass. Edits (row, id, kind; rows ascending) change single
 * scores: `normalise` says whether the log-softmax comes 'before' them (beam search in Hugging Face), 'after' them, on edited
 * logits (greedy search), or 'both'. The k = C / R best of row r stand at r · k in falling order, the lower id first on a tie.
 * logits [R, vocabulary], edits [E, 3], values [E, 1] → scores [C, 1], ids [C, 1] (integers).
 */
export const candidates = defineOp({
  name: 'candidates',
  inputs: ['logits', 'edits', 'values'],
  integers: ['edits'],
  attributes: { normalise: ['before', 'after', 'both'] },
  outputs: ({ logits, edits, values }) => {
    expectShape(edits.width === 3, 'candidates', `edits must be (row, id, kind), not ${edits}`)
    expectShape(values.width === 1 && values.rows === edits.rows, 'candidates', `${values} is not [${edits.rows}, 1]`)
    expectShape(typeof logits.rows === 'string', 'candidates', `${logits} must have symbolic rows`)
    return [
      { name: 'scores', rows: 'C', width: 1 },
      { name: 'ids', rows: 'C', width: 1, dtype: 'i32' },
    ]
  },
  cost: ({ logits }) => ({ flops: 5 * logits.width, bytes: 4 * logits.width, per: logits.rows }),
  check: checkCandidates,
  kernel: candidatesKernel,
})

import { defineOp, expectIs, expectShape } from '../instructions/op.ts'

/**
 * The best next tokens of each row among two ranges of ids, of which the second competes as a whole: where the sum of its probabilities is
 * above that of the first's best id, none of the first may follow (times in a transcript; openai/whisper, ApplyTimestampRules). Edits (row,
 * id, kind; rows ascending) come before the ranges [begin, end, begin, end), log-softmax after both. The k = C / R best of row r stand at
 * r · k in falling order, the lower id first on a tie. logits [R, vocabulary], ranges [R, 4], edits [E, 3], values [E, 1] → scores [C, 1], ids
 * [C, 1] (integers).
 */
export const rangedCandidates = defineOp({
  name: 'rangedCandidates',
  inputs: ['logits', 'ranges', 'edits', 'values'],
  integers: ['ranges', 'edits', 'ids'],
  attributes: {},
  outputs: ['scores', 'ids'],
  shapes: ({ logits, ranges, edits, values }) => {
    expectShape(typeof logits.rows === 'string', 'rangedCandidates', `${logits} must have symbolic rows`)
    expectIs('rangedCandidates', ranges, logits.rows, 4)
    expectShape(edits.width === 3, 'rangedCandidates', `edits must be (row, id, kind), not ${edits}`)
    expectIs('rangedCandidates', values, edits.rows, 1)
    return [
      { rows: 'C', width: 1 },
      { rows: 'C', width: 1 },
    ]
  },
  cost: ({ logits }) => ({ flops: 5 * logits.width, per: logits.rows }),
})

import { defineOp, expectIs, expectShape } from '../instructions/op.ts'

/**
 * Effect of each edit on a score s, with the edit's value v. `set`: v. `penalize`: s / v if s is positive, s · v if it is negative. `add`: s + v.
 * `raise`: s + v · |s|. The last two leave −∞ as it is.
 */
export const edits = ['set', 'penalize', 'add', 'raise'] as const

/**
 * The best next tokens of each row: output projection, log-softmax, edits and top-k in one pass. The logits scale · x Wᵀ + bias exist only
 * for a tile of the vocabulary at a time. Edits (row, id, kind; rows ascending) change single scores: `normalize` says whether the
 * log-softmax comes 'before' them (beam search in Hugging Face), 'after' them, on edited logits (greedy search), or 'both'. The k = C / R
 * best of row r stand at r · k in falling order, the lower id first on a tie. x [R, d], weight [vocabulary, d], bias [1, vocabulary], edits
 * [E, 3], values [E, 1] → scores [C, 1], ids [C, 1] (integers).
 */
export const candidates = defineOp({
  name: 'candidates',
  inputs: ['x', 'weight', 'bias?', 'edits', 'values'],
  integers: ['edits', 'ids'],
  encoded: ['weight'],
  attributes: { normalize: ['before', 'after', 'both'], scale: 'number' },
  neutral: { scale: 1 },
  outputs: ['scores', 'ids'],
  shapes: ({ x, weight, bias, edits, values }) => {
    expectShape(typeof x.rows === 'string', 'candidates', `${x} must have symbolic rows`)
    expectShape(x.width === weight.width, 'candidates', `${x} has not the width of ${weight}`)
    expectShape(typeof weight.rows === 'number', 'candidates', `${weight} must have constant rows`)
    expectIs('candidates', bias, 1, weight.rows)
    expectShape(edits.width === 3, 'candidates', `edits must be (row, id, kind), not ${edits}`)
    expectIs('candidates', values, edits.rows, 1)
    return [
      { rows: 'C', width: 1 },
      { rows: 'C', width: 1 },
    ]
  },
  cost: ({ x, weight }) => {
    const vocabulary = weight.rows as number
    return { flops: (2 * x.width + 5) * vocabulary, per: x.rows, reads: [weight] }
  },
})

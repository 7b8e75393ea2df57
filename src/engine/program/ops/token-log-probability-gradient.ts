import { defineOp, expectIs } from '../instructions/op.ts'

/** dx = dy · (1 at the id − softmax). logits [T, vocabulary], ids, dy [T, 1] → dx [T, vocabulary]. */
export const tokenLogProbabilityGradient = defineOp({
  name: 'tokenLogProbabilityGradient',
  inputs: ['logits', 'ids', 'dy'],
  integers: ['ids'],
  attributes: {},
  outputs: ['dx'],
  shapes: ({ logits, ids, dy }) => {
    for (const column of [ids, dy]) expectIs('tokenLogProbabilityGradient', column, logits.rows, 1)
    return [logits]
  },
  cost: ({ logits }) => ({ flops: 6 * logits.width, per: logits.rows }),
})

import { defineOp, expectIs } from '../instructions/op.ts'

/** The log-probability of one token a row: logits[id] − log Σ exp(logits). logits [T, vocabulary], ids [T, 1] → [T, 1]. */
export const tokenLogProbability = defineOp({
  name: 'tokenLogProbability',
  inputs: ['logits', 'ids'],
  integers: ['ids'],
  attributes: {},
  outputs: ['scores'],
  shapes: ({ logits, ids }) => {
    expectIs('tokenLogProbability', ids, logits.rows, 1)
    return [{ rows: logits.rows, width: 1 }]
  },
  cost: ({ logits }) => ({ flops: 4 * logits.width, per: logits.rows }),
  gradient: (p, { inputs: { logits, ids }, dOutputs: [dy], gradients }) =>
    gradients.contribute(logits, tokenLogProbabilityGradient(p, { logits, ids, dy })[0]),
})

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

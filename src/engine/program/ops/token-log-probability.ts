import { defineOp, expectIs } from '../instructions/op.ts'
import { tokenLogProbabilityGradient } from './token-log-probability-gradient.ts'

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

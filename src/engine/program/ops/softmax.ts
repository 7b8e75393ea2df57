import { defineOp, expectIs } from '../op.ts'
import { logSoftmaxGradient, softmaxGradient, tokenLogProbabilityGradient } from './softmax-gradient.ts'

/** y = exp(x − max) / Σ exp(x − max) over each row. x [S, d] → y [S, d]. */
export const softmax = defineOp({
  name: 'softmax',
  inputs: ['x'],
  attributes: {},
  outputs: ['softmax'],
  shapes: ({ x }) => [x],
  cost: ({ x }) => ({ flops: 5 * x.width, per: x.rows }),
  gradient: (p, { inputs: { x }, outputs: [y], dOutputs: [dy], gradients }) =>
    gradients.contribute(x, softmaxGradient(p, { y, dy: dy! })[0]),
})

/** y = x − log Σ exp(x) over each row. x [S, d] → y [S, d]. */
export const logSoftmax = defineOp({
  name: 'logSoftmax',
  inputs: ['x'],
  attributes: {},
  outputs: ['logSoftmax'],
  shapes: ({ x }) => [x],
  cost: ({ x }) => ({ flops: 5 * x.width, per: x.rows }),
  gradient: (p, { inputs: { x }, outputs: [y], dOutputs: [dy], gradients }) =>
    gradients.contribute(x, logSoftmaxGradient(p, { y, dy: dy! })[0]),
})

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
    gradients.contribute(logits, tokenLogProbabilityGradient(p, { logits: logits!, ids: ids!, dy: dy! })[0]),
})

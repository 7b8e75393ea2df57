import { defineOp, expectIs } from '../op.ts'
import type { Tensor } from '../tensor.ts'

const shapes = (op: string, y: Tensor, dy: Tensor) => {
  expectIs(op, dy, y.rows, y.width)
  return [y]
}

/** dx = y ∘ (dy − Σ y ∘ dy), y the softmax. y, dy [S, d] → dx [S, d]. */
export const softmaxGradient = defineOp({
  name: 'softmaxGradient',
  inputs: ['y', 'dy'],
  attributes: {},
  outputs: ['dx'],
  shapes: ({ y, dy }) => shapes('softmaxGradient', y, dy),
  cost: ({ y }) => ({ flops: 4 * y.width, per: y.rows }),
})

/** dx = dy − exp(y) Σ dy, y the log-softmax. y, dy [S, d] → dx [S, d]. */
export const logSoftmaxGradient = defineOp({
  name: 'logSoftmaxGradient',
  inputs: ['y', 'dy'],
  attributes: {},
  outputs: ['dx'],
  shapes: ({ y, dy }) => shapes('logSoftmaxGradient', y, dy),
  cost: ({ y }) => ({ flops: 5 * y.width, per: y.rows }),
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

import { defineOp } from '../instructions/op.ts'
import { expectGradients, expectProjection, lossAttributes } from '../operands/projected-loss.ts'

/**
 * Cross-entropy with label smoothing, fused with the output projection: the logits scale · x Wᵀ + bias exist only for a few rows at a time.
 * x [T, d], weight [vocabulary, d], bias [1, vocabulary], ids [T, 1] → losses [T, 1].
 */
export const crossEntropy = defineOp({
  name: 'crossEntropy',
  inputs: ['x', 'weight', 'bias?', 'ids'],
  integers: ['ids'],
  weights: ['weight', 'bias'],
  attributes: lossAttributes,
  neutral: { scale: 1 },
  outputs: ['losses'],
  shapes: (inputs, { smoothing }) => {
    expectProjection('crossEntropy', inputs, smoothing)
    return [{ rows: inputs.x.rows, width: 1 }]
  },
  cost: ({ x, weight }) => ({ flops: 2 * x.width * (weight.rows as number), per: x.rows, reads: [weight] }),
})

/**
 * Cross-entropy with the gradients of dLoss · Σ losses, in one pass: dWeight and dBias accumulate. Operands are those of `crossEntropy`,
 * dLoss [1, 1], dWeight [vocabulary, d], dBias [1, vocabulary] → losses [T, 1], dx [T, d].
 */
export const crossEntropyGradient = defineOp({
  name: 'crossEntropyGradient',
  inputs: ['x', 'weight', 'bias?', 'ids', 'dLoss', 'dWeight?', 'dBias?'],
  integers: ['ids'],
  writes: ['dWeight', 'dBias'],
  weights: ['weight', 'bias'],
  attributes: lossAttributes,
  neutral: { scale: 1 },
  outputs: ['losses', 'dx'],
  shapes: (inputs, { smoothing }) => {
    expectProjection('crossEntropyGradient', inputs, smoothing)
    expectGradients('crossEntropyGradient', inputs)
    const { x } = inputs
    return [{ rows: x.rows, width: 1 }, x]
  },
  cost: ({ x, weight }) => ({ flops: 6 * x.width * (weight.rows as number), per: x.rows, reads: [weight] }),
})

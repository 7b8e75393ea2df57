import { defineOp } from '../instructions/op.ts'
import { expectGradients, expectProjection, lossAttributes } from '../operands/projected-loss.ts'

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

import { defineOp, expectIs, expectShape } from '../op.ts'
import type { Tensor } from '../tensor.ts'

/**
 * How label smoothing ε is spread: 'all' gives ε/V to every class (PyTorch, fairseq), 'others' gives ε/(V − 1) to every class except the
 * right one (Tensor2Tensor).
 */
export const smoothingConventions = ['all', 'others'] as const
const attributes = { smoothing: 'number', over: smoothingConventions, scale: 'number' } as const

/**
 * Cross-entropy with label smoothing, fused with the output projection: the logits scale · x Wᵀ + bias exist only for a few rows at a time.
 * x [T, d], weight [vocabulary, d], bias [1, vocabulary], ids [T, 1] → losses [T, 1].
 */
export const crossEntropy = defineOp({
  name: 'crossEntropy',
  inputs: ['x', 'weight', 'bias?', 'ids'],
  integers: ['ids'],
  attributes,
  outputs: ['losses'],
  shapes: (inputs, { smoothing }) => {
    checkProjection('crossEntropy', inputs, smoothing)
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
  inputs: ['x', 'weight', 'bias?', 'ids', 'dLoss', 'dWeight', 'dBias?'],
  integers: ['ids'],
  writes: ['dWeight', 'dBias'],
  attributes,
  outputs: ['losses', 'dx'],
  shapes: (inputs, { smoothing }) => {
    checkProjection('crossEntropyGradient', inputs, smoothing)
    checkGradients('crossEntropyGradient', inputs)
    const { x } = inputs
    return [{ rows: x.rows, width: 1 }, x]
  },
  cost: ({ x, weight }) => ({ flops: 6 * x.width * (weight.rows as number), per: x.rows, reads: [weight] }),
})

/** The inputs of losses that are fused with the output projection. */
export interface Projected {
  x: Tensor
  weight: Tensor
  bias?: Tensor | null
  ids: Tensor
}

export function checkProjection(op: string, { x, weight, bias, ids }: Projected, smoothing: number): void {
  expectShape(x.width === weight.width && typeof weight.rows === 'number', op, `${x} does not fit ${weight}`)
  expectIs(op, bias, 1, weight.rows as number)
  expectIs(op, ids, x.rows, 1)
  expectShape(smoothing >= 0 && smoothing < 1, op, `smoothing ${smoothing} is not in [0, 1)`)
}

export function checkGradients(
  op: string,
  { weight, dLoss, dWeight, dBias }: { weight: Tensor; dLoss: Tensor; dWeight: Tensor; dBias?: Tensor | null },
): void {
  expectIs(op, dLoss, 1, 1)
  expectIs(op, dWeight, weight.rows, weight.width)
  expectIs(op, dBias, 1, weight.rows as number)
}

import { expectIs } from '../instructions/op.ts'
import type { Tensor } from '../instructions/tensor.ts'

/** Activations in the order of their numbers: gelu is 0.5x(1 + erf(x/√2)), geluTanh its tanh form (Hendrycks & Gimpel 2016), swish x·sigmoid(x). */
export const activations = ['none', 'relu', 'gelu', 'geluTanh', 'swish', 'tanh'] as const
export type Activation = (typeof activations)[number]

/** Gradient of a norm by its input, and each row's mean and reciprocal deviation for the gradient of its weights. */
export const normGradientShapes = (op: string, { x, gamma, dy }: { x: Tensor; gamma: Tensor; dy: Tensor }) => {
  expectIs(op, dy, x.rows, x.width)
  expectIs(op, gamma, 1, x.width)
  return [x, { rows: x.rows, width: 2 }]
}

/** Expects tensors of one shape. */
export function expectAlike(op: string, [first, ...others]: readonly Tensor[]): void {
  for (const tensor of others) expectIs(op, tensor, first.rows, first.width)
}

import { expectIs } from '../instructions/op.ts'
import type { Tensor } from '../instructions/tensor.ts'

/** Gradient of a norm by its input, and each row's mean and reciprocal deviation for the gradient of its weights. */
export const normGradientShapes = (op: string, { x, gamma, dy }: { x: Tensor; gamma: Tensor; dy: Tensor }) => {
  expectIs(op, dy, x.rows, x.width)
  expectIs(op, gamma, 1, x.width)
  return [x, { rows: x.rows, width: 2 }]
}

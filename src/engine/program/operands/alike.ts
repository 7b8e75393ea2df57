import { expectIs } from '../instructions/op.ts'
import type { Tensor } from '../instructions/tensor.ts'

/** Expects tensors of one shape. */
export function expectAlike(op: string, [first, ...others]: readonly Tensor[]): void {
  for (const tensor of others) expectIs(op, tensor, first.rows, first.width)
}

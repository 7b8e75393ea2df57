import { expectIs } from '../op.ts'
import type { Tensor } from '../tensor.ts'

/** Expects tensors of one shape. */
export function expectAlike(op: string, [first, ...others]: readonly Tensor[]): void {
  for (const tensor of others) expectIs(op, tensor, first.rows, first.width)
}

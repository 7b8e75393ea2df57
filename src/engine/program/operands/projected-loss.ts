import { expectIs, expectShape } from '../instructions/op.ts'
import type { Tensor } from '../instructions/tensor.ts'

/**
 * How label smoothing ε is spread: 'all' gives ε/V to every class (PyTorch, fairseq), 'others' gives ε/(V − 1) to every class except the
 * right one (Tensor2Tensor).
 */
export const smoothingConventions = ['all', 'others'] as const

export const lossAttributes = { smoothing: 'number', over: smoothingConventions, scale: 'number' } as const

/** The inputs of losses that are fused with the output projection. */
export interface Projected {
  x: Tensor
  weight: Tensor
  bias?: Tensor | null
  ids: Tensor
}

export function expectProjection(op: string, { x, weight, bias, ids }: Projected, smoothing: number): void {
  expectShape(x.width === weight.width && typeof weight.rows === 'number', op, `${x} does not fit ${weight}`)
  expectIs(op, bias, 1, weight.rows as number)
  expectIs(op, ids, x.rows, 1)
  expectShape(smoothing >= 0 && smoothing < 1, op, `smoothing ${smoothing} is not in [0, 1)`)
}

export function expectGradients(
  op: string,
  { weight, dLoss, dWeight, dBias }: { weight: Tensor; dLoss: Tensor; dWeight?: Tensor | null; dBias?: Tensor | null },
): void {
  expectIs(op, dLoss, 1, 1)
  expectIs(op, dWeight, weight.rows, weight.width)
  expectShape(!dBias || !!dWeight, op, 'dBias needs dWeight beside it')
  expectIs(op, dBias, 1, weight.rows as number)
}

import { expectShape } from '../instructions/op.ts'
import type { Tensor } from '../instructions/tensor.ts'
import { expectTiles } from './recurrence.ts'

/** Expects a kernel [K, d] for the columns of x [T, d], of which row `before` meets the row of x that is computed. */
export function expectConvolution(
  op: string,
  { x, weight, spans, before }: { x: Tensor; weight: Tensor; spans: Tensor; before: number },
): void {
  expectShape(x.width === weight.width, op, `${x} has not the width of ${weight}`)
  const { rows } = weight
  expectShape(typeof rows === 'number' && rows > 0, op, `${weight} must have constant rows`)
  expectShape(before >= 0 && before < rows, op, `before ${before} is no row of ${weight}`)
  expectTiles(op, spans)
}

import { expectIs, expectShape } from '../instructions/op.ts'
import type { Tensor } from '../instructions/tensor.ts'

/** Expects a span [begin, end) of rows for each sentence. */
export function expectTiles(op: string, spans: Tensor): void {
  expectShape(spans.width === 2, op, `${spans} must be [begin, end) pairs`)
}

export function expectUnit(
  op: string,
  x: Tensor,
  forget: Tensor,
  forgetBias: Tensor,
  other: Tensor | null | undefined,
): void {
  for (const tensor of [forget, other]) expectIs(op, tensor, x.rows, x.width)
  expectIs(op, forgetBias, 1, x.width)
}

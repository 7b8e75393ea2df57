import { expectShape } from '../instructions/op.ts'
import type { Tensor } from '../instructions/tensor.ts'

/** Expects the scores of some layers side by side, of which each has as many experts, and a span for each sentence. */
export function expectRouters(
  op: string,
  scores: Tensor,
  spans: Tensor,
  { experts, k }: { experts: number; k: number },
): void {
  expectShape(scores.width % experts === 0, op, `${scores} cannot be cut into ${experts} experts`)
  expectShape(k <= experts, op, `there are fewer than ${k} experts`)
  expectShape(spans.width === 2, op, `${spans} must be [begin, end) pairs`)
}

import { expectShape } from '../op.ts'
import type { Tensor } from '../tensor.ts'

/** Expects a span [begin, end) of rows for each sentence. */
export function expectTiles(op: string, spans: Tensor): void {
  expectShape(spans.width === 2, op, `${spans} must be [begin, end) pairs`)
}

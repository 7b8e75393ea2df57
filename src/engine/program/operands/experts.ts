import { expectIs, expectShape } from '../instructions/op.ts'
import type { Tensor } from '../instructions/tensor.ts'

/** Rows of an encoded weight that lie interleaved, of which each expert has whole panels. */
const PANEL = 16

/**
 * The operands of a mixture of experts: gates [S, E], inner [E · f, d], outer [E · outputs, f]; biases [1, E · f] and [1, E · outputs], where
 * there are any.
 */
export function expertShape(
  op: string,
  {
    x,
    gates,
    inner,
    outer,
    innerBias,
    outerBias,
  }: Readonly<Record<'x' | 'gates' | 'inner' | 'outer', Tensor>> &
    Readonly<Record<'innerBias' | 'outerBias', Tensor | null | undefined>>,
): { experts: number; outputs: number } {
  const experts = gates.width
  expectShape(gates.rows === x.rows, op, `${gates} has not the rows of ${x}`)
  expectShape(inner.width === x.width, op, `${inner} has not the width of ${x}`)
  for (const weight of [inner, outer])
    expectShape(
      typeof weight.rows === 'number' && weight.rows > 0 && weight.rows % experts === 0,
      op,
      `${weight} has not rows for ${experts} experts`,
    )
  const [width, outputs] = [inner, outer].map(({ rows }) => (rows as number) / experts)
  expectShape(outer.width === width, op, `${outer} does not fit ${inner}`)
  expectIs(op, innerBias, 1, inner.rows as number)
  expectIs(op, outerBias, 1, outer.rows as number)
  for (const [weight, rows] of [
    [inner, width],
    [outer, outputs],
  ] as const)
    expectShape(
      weight.encoding === 'float32' || rows % PANEL === 0,
      op,
      `${weight} is encoded, and its experts have ${rows} rows, no multiple of ${PANEL}`,
    )
  return { experts, outputs }
}

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

import { expectIs, expectShape } from '../op.ts'
import type { Tensor } from '../tensor.ts'

/** Relative keys and values go together: [2 clip + 1, dHead], a row for each distance from −clip to clip. */
export function expectDistances(
  op: string,
  dHead: number,
  relativeKeys: Tensor | null | undefined,
  relativeValues: Tensor | null | undefined,
): void {
  expectShape(!relativeKeys === !relativeValues, op, 'relativeKeys and relativeValues go together')
  if (!relativeKeys || !relativeValues) return
  const { rows } = relativeKeys
  expectShape(typeof rows === 'number' && rows % 2 === 1, op, `${relativeKeys} must have 2 clip + 1 rows`)
  for (const tensor of [relativeKeys, relativeValues]) expectIs(op, tensor, rows, dHead)
}

import { expectIs, expectShape } from '../instructions/op.ts'
import type { Tensor } from '../instructions/tensor.ts'

/** Expects that queries, keys and values can be cut into heads of one width. */
export function expectHeads(op: string, q: Tensor, k: Tensor, v: Tensor, heads: number): void {
  expectShape(
    Number.isInteger(heads) && heads > 0 && q.width % heads === 0,
    op,
    `${q} cannot be cut into ${heads} heads`,
  )
  for (const tensor of [k, v]) expectShape(tensor.width === q.width, op, `${tensor} has not the width of ${q}`)
  expectShape(k.rows === v.rows, op, `${k} and ${v} differ in rows`)
  expectShape(k.dtype === v.dtype, op, `${k} and ${v} differ in dtype`)
}

/** Expects a span of queries and a span of keys for each sentence. */
export function expectSpans(op: string, queries: Tensor, keys: Tensor): void {
  for (const spans of [queries, keys]) expectShape(spans.width === 2, op, `${spans} must be [begin, end) pairs`)
  expectShape(queries.rows === keys.rows, op, `${queries} and ${keys} differ in rows`)
}

/** Expects the seed of the step where weights are dropped. */
export function expectSeed(op: string, seed: Tensor | null | undefined, dropout: number): void {
  expectIs(op, seed, 1, 1)
  expectShape(!dropout || (!!seed && dropout < 1), op, `dropout ${dropout} needs a seed and must be below 1`)
}

/** Expects relative keys and values together or not at all: [2 clip + 1, dHead], a row for each distance from −clip to clip. */
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

/** Checks the biases that distances add to the scores of each head, a row for each distance from −clip to clip: [2 clip + 1, heads]. */
export function expectDistanceBias(op: string, heads: number, bias: Tensor | null | undefined): void {
  if (!bias) return
  const { rows } = bias
  expectShape(typeof rows === 'number' && rows % 2 === 1, op, `${bias} must have 2 clip + 1 rows`)
  expectIs(op, bias, rows, heads)
}

/** The operands of attention to a span of keys and to side keys. */
type Sides = Readonly<
  Record<'q' | 'k' | 'v' | 'sideK' | 'sideV' | 'queries' | 'keys' | 'sideKeys', Tensor> &
    Partial<Record<'seed' | 'at' | 'sideAt' | 'distanceBias' | 'sideBias', Tensor | null>>
>

/** Expects what `sideAttention` and its gradient have in common. */
export function expectSides(op: string, inputs: Sides, { heads, dropout }: { heads: number; dropout: number }): void {
  const { q, k, v, sideK, sideV, queries, keys, sideKeys, seed, at, sideAt, distanceBias, sideBias } = inputs
  expectHeads(op, q, k, v, heads)
  expectHeads(op, q, sideK, sideV, heads)
  for (const spans of [keys, sideKeys]) expectSpans(op, queries, spans)
  for (const places of [at, sideAt]) expectIs(op, places, queries.rows, 1)
  expectSeed(op, seed, dropout)
  for (const bias of [distanceBias, sideBias]) expectDistanceBias(op, heads, bias)
  expectShape(!sideBias || !!distanceBias, op, 'a bias of side keys needs one of keys')
}

/** The symbol for the number of pairs of queries and keys of some spans: P(queries, keys). */
export const pairSymbol = (spans: readonly Tensor[]): string => `P(${spans.map(({ name }) => name).join(', ')})`

/** `pairs`: the symbol that counts query-key pairs, named after the spans; false: the weights are not traced. */
export const attendedShapes = (q: Tensor, heads: number, pairs: string | false) => [
  q,
  ...(pairs ? [{ rows: pairs, width: heads }] : []),
]

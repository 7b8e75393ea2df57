/** Small steps in float64 from which references are composed. */
import type { OpCase, OperandCase } from './random-operands.ts'

export type Rows = number[][]

/** An operand as rows of numbers. */
export function rowsOf({ column, width, baseWidth, data }: OperandCase): Rows {
  const rows: Rows = []
  for (let at = 0; at + baseWidth <= data.length; at += baseWidth)
    rows.push(Array.from(data.subarray(at + column, at + column + width)))
  return rows
}

export function erf(x: number): number {
  // Maclaurin series for small x, continued fraction for large x: slow and plain.
  if (Math.abs(x) < 3) {
    let [sum, term] = [x, x]
    for (let n = 1; n < 120; n++) {
      term *= (-x * x) / n
      sum += term / (2 * n + 1)
    }
    return (2 / Math.sqrt(Math.PI)) * sum
  }
  let fraction = 0
  for (let n = 60; n > 0; n--) fraction = n / 2 / (Math.abs(x) + fraction)
  return Math.sign(x) * (1 - Math.exp(-x * x) / (Math.sqrt(Math.PI) * (Math.abs(x) + fraction)))
}

export const activations: Record<string, (x: number) => number> = {
  none: (x) => x,
  relu: (x) => Math.max(0, x),
  gelu: (x) => (x / 2) * (1 + erf(x / Math.SQRT2)),
  geluTanh: (x) => (x / 2) * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
  swish: (x) => x / (1 + Math.exp(-x)),
  tanh: (x) => Math.tanh(x),
}

export const dot = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + value * b[i], 0)

export function softmax(values: number[]): number[] {
  const max = Math.max(...values)
  const powers = values.map((value) => Math.exp(value - max))
  const total = powers.reduce((a, b) => a + b, 0)
  return powers.map((power) => power / total)
}

export function logSoftmax(values: number[]): number[] {
  const max = Math.max(...values)
  if (max === -Infinity) return values
  const norm = max + Math.log(values.reduce((sum, value) => sum + Math.exp(value - max), 0))
  return values.map((value) => value - norm)
}

const WORD = 0xffffffffn
function mix(x: bigint): bigint {
  x = ((x ^ (x >> 16n)) * 0x7feb352dn) & WORD
  x = ((x ^ (x >> 15n)) * 0x846ca68bn) & WORD
  return x ^ (x >> 16n)
}

/** The factors of dropout for the first values of a row: 0, or 1 / (1 − rate). */
export function dropMask(seed: number, site: number, row: number, length: number, rate: number): number[] {
  const step = (BigInt(seed) & WORD) ^ ((BigInt(site + 1) * 0x9e3779b9n) & WORD)
  const key = mix(mix(step) ^ BigInt(row))
  return Array.from({ length }, (_, i) => {
    const random = mix(key ^ ((BigInt(i + 1) * 0x85ebca6bn) & WORD))
    return Number(random) < Math.floor(rate * 2 ** 32) ? 0 : 1 / (1 - rate)
  })
}

/** logits = scale · x Wᵀ + bias, for every row of x. */
export function projection(x: OperandCase, weight: OperandCase, bias: OperandCase | null, scale: number): Rows {
  const rows = rowsOf(weight)
  return rowsOf(x).map((row) => rows.map((w, o) => scale * dot(row, w) + (bias ? bias.data[o] : 0)))
}

/** KL(p ‖ s) of the distributions from logits at a temperature. */
export function divergence(teacher: number[], student: number[], temperature: number): number {
  const [logP, logS] = [teacher, student].map((logits) => logSoftmax(logits.map((value) => value / temperature)))
  return logP.reduce((sum, value, i) => sum + Math.exp(value) * (value - logS[i]), 0)
}

/** The target distribution of the loss, and the loss: −Σ q log p. */
export function smoothedLoss(logits: number[], id: number, smoothing: number, over: string) {
  const others = over === 'all' ? logits.length : Math.max(1, logits.length - 1)
  const q = logits.map(() => smoothing / others)
  q[id] = over === 'all' ? q[id] + 1 - smoothing : 1 - smoothing
  const norm = logits[id] - logSoftmax(logits)[id]
  return { q, loss: norm - dot(q, logits) }
}

/** The key of sentence b at which its query i stands. */
export const placeOf = ({ inputs, attributes }: Pick<OpCase, 'inputs' | 'attributes'>, b: number, i: number): number =>
  (inputs.at ? inputs.at.data[b] : 0) + Math.floor(i / (attributes.every as number))

/**
 * A head of key or value j as a query sees it, the row of the tables for their distance, and the bias added to the
 * score of a head.
 */
export interface Distant {
  row(j: number): number
  key(head: number[], j: number): number[]
  value(head: number[], j: number): number[]
  bias(head: number, j: number): number
  biasRow(j: number): number
}

/**
 * Shaw et al. 2018, eq. 3-4, for the query at position `query` of its sentence: k_j + aᴷ and v_j + aⱽ; and a bias by
 * distance.
 */
export function distantRows(inputs: OpCase['inputs'], query: number): Distant {
  const { relativeKeys, relativeValues, distanceBias } = inputs
  const rowIn = (table: OperandCase, j: number) => {
    const clip = ((table.rows as number) - 1) / 2
    return Math.max(-clip, Math.min(clip, j - query)) + clip
  }
  const row = (j: number) => rowIn(relativeKeys!, j)
  const biasRow = (j: number) => rowIn(distanceBias!, j)
  const biases = distanceBias && rowsOf(distanceBias)
  const plus = (table: OperandCase | null | undefined) => {
    const rows = table && rowsOf(table)
    return (head: number[], j: number) => (rows ? head.map((value, i) => value + rows[row(j)][i]) : head)
  }
  const bias = (head: number, j: number) => (biases ? biases[biasRow(j)][head] : 0)
  return { row, key: plus(relativeKeys), value: plus(relativeValues), bias, biasRow }
}

export const sum = (values: number[]) => values.reduce((a, b) => a + b, 0)

export const transposed = (rows: Rows, width: number): Rows =>
  Array.from({ length: width }, (_, i) => rows.map((row) => row[i]))

export const zeros = (rows: number, width: number): Rows =>
  Array.from({ length: rows }, () => new Array<number>(width).fill(0))

/** The whole array of an operand to which the op adds. */
export function added(into: OperandCase, more: Rows): number[] {
  const result = Array.from(into.data)
  more.forEach((row, r) => {
    row.forEach((value, i) => {
      result[r * into.baseWidth + into.column + i] += value
    })
  })
  return result
}

export function addTo(row: number[], factor: number, x: number[]): void {
  x.forEach((value, i) => {
    row[i] += factor * value
  })
}

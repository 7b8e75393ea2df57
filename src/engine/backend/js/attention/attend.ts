import { isArrayOf } from '../../../../base/values/value-class.ts'
import type { Matrix } from '../../interface/backend.ts'
import { type Dropout, dropoutMask } from '../functions/dropout-mask.ts'
import type { Operands } from '../operands/operands.ts'
import { WidenedRows } from '../products/widened.ts'
import { distanceAt } from './head-vectors.ts'

/** Keys and values in float32, and which of their rows a query sees. */
interface KeysAndValues {
  k: Matrix
  v: Matrix
  rowOf(j: number): number
}

const keyRows = new WidenedRows()
const valueRows = new WidenedRows()

/** Keys and values as float32; `count` rows of a bfloat16 cache are widened. */
export function keysAndValues(k: Matrix, v: Matrix, count: number, rowOf: (j: number) => number): KeysAndValues {
  if (!isArrayOf(Uint16Array, k.data)) return { k, v, rowOf }
  return { k: keyRows.of(k, count, rowOf), v: valueRows.of(v, count, rowOf), rowOf: (j) => j }
}

/** One query: its row, how many keys it sees, its place among them, from which distances count, and its dropout. */
interface Query {
  row: number
  length: number
  place: number
  dropout: Dropout | null
}

type Tables = 'relativeKeys' | 'relativeValues' | 'distanceBias'
type Attention = Pick<Operands['attention'], 'q' | 'attended' | 'heads' | 'scale' | Tables>

/** The softmax of the present query, [heads, keys]. This array and those below grow and never shrink. */
let probabilities = new Float64Array(1024)
/** Offsets of the present query's keys and values. */
let keyOffsets = new Int32Array(256)
let valueOffsets = new Int32Array(256)

/** One query in all heads: attended[row] = softmax(scale · q[row] Kᵀ) V over the keys that it sees. */
export function attend(call: Attention, { k, v, rowOf }: KeysAndValues, query: Query): void {
  const { attended: z, heads } = call
  const { row, length } = query
  if (probabilities.length < heads * length) probabilities = new Float64Array(2 * heads * length)
  if (keyOffsets.length < length) {
    keyOffsets = new Int32Array(2 * length)
    valueOffsets = new Int32Array(2 * length)
  }
  for (let j = 0; j < length; j++) {
    const key = rowOf(j)
    keyOffsets[j] = k.offset + key * k.stride
    valueOffsets[j] = v.offset + key * v.stride
  }
  const to = z.offset + row * z.stride
  for (let i = 0; i < z.width; i++) z.data[to + i] = 0
  for (let head = 0; head < heads; head++) {
    const at = head * length
    scores(call, k, query, head)
    softmax(at, length)
    if (query.dropout) {
      const mask = dropoutMask(query.dropout, row * heads + head, length)
      for (let j = 0; j < length; j++) probabilities[at + j] *= mask[j]
    }
    weightedSum(call, v, query, head)
  }
}

/** scale · (q · (k + relativeKeys of the distance) + distanceBias of the distance), for each key. */
function scores(call: Attention, { data: k }: Matrix, { row, length, place }: Query, head: number): void {
  const { q, heads, scale, relativeKeys, distanceBias } = call
  const dHead = q.width / heads
  const column = head * dHead
  const from = q.offset + row * q.stride + column
  const { data: x } = q
  for (let j = 0; j < length; j++) {
    const key = keyOffsets[j] + column
    let score = 0
    for (let i = 0; i < dHead; i++) score += x[from + i] * k[key + i]
    if (relativeKeys) {
      const relative = distanceAt(relativeKeys, place, j)
      for (let i = 0; i < dHead; i++) score += x[from + i] * relativeKeys.data[relative + i]
    }
    if (distanceBias) score += distanceBias.data[distanceAt(distanceBias, place, j) + head]
    probabilities[head * length + j] = scale * score
  }
}

function softmax(at: number, length: number): void {
  let max = -Infinity
  for (let j = 0; j < length; j++) if (probabilities[at + j] > max) max = probabilities[at + j]
  let total = 0
  for (let j = 0; j < length; j++) total += probabilities[at + j] = Math.exp(probabilities[at + j] - max)
  for (let j = 0; j < length; j++) probabilities[at + j] /= total
}

/** z += Σ over keys of probability · (v + relativeValues of the distance) */
function weightedSum(call: Attention, { data: v }: Matrix, { row, length, place }: Query, head: number): void {
  const { attended: z, heads, relativeValues } = call
  const dHead = z.width / heads
  const to = z.offset + row * z.stride + head * dHead
  const { data: out } = z
  for (let j = 0; j < length; j++) {
    const value = valueOffsets[j] + head * dHead
    const p = probabilities[head * length + j]
    for (let i = 0; i < dHead; i++) out[to + i] += p * v[value + i]
    if (!relativeValues) continue
    const relative = distanceAt(relativeValues, place, j)
    for (let i = 0; i < dHead; i++) out[to + i] += p * relativeValues.data[relative + i]
  }
}

/** Copies the softmax of the present query to rows [pair, pair + all) of the weights; keys that were not seen get 0. */
export function keepWeights(weights: Matrix, pair: number, seen: number, all: number): void {
  for (let j = 0; j < all; j++)
    for (let head = 0; head < weights.width; head++)
      weights.data[weights.offset + (pair + j) * weights.stride + head] = j < seen ? probabilities[head * seen + j] : 0
}

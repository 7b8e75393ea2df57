import { isArrayOf } from '../../../base/array-of.ts'
import type { Check, Kernel, Matrix } from '../backend.ts'
import { bits, dropThreshold, rowKey } from '../random.ts'
import { checkRange, checkSpans, checkTiling, refuse } from './check.ts'
import { distanceAt } from './distances.ts'
import { pairsOfSpans, spanAt, spanLength } from './spans.ts'
import { WidenedRows } from './widened.ts'

/** Query-key pairs of `attention`: Σ queries · keys of each sentence. */
export function attentionPairs([, , , queries, keys]: readonly (Matrix | null)[]): number {
  return pairsOfSpans(queries!, keys!)
}

/** Query-key pairs of `cachedAttention`: Σ span lengths. */
export function cachedPairs([, , , , spans]: readonly (Matrix | null)[]): number {
  let pairs = 0
  for (let row = 0; row < spans!.rows; row++) pairs += spanLength(spans!, row)
  return pairs
}

export const checkAttention: Check = (inputs, outputs) => {
  const [q, k, , queries, keys] = inputs
  checkSpans('attention', 'queries', queries!, q!.rows)
  checkSpans('attention', 'keys', keys!, k!.rows)
  checkTiling('attention', queries!, q!.rows)
  checkPairs('attention', outputs[1], attentionPairs(inputs))
}

export const checkCachedAttention: Check = (inputs, outputs) => {
  const [, k, , ancestors, spans] = inputs
  checkRange('cachedAttention', 'ancestor', ancestors!, 0, k!.rows)
  checkSpans('cachedAttention', 'spans', spans!, ancestors!.rows)
  checkPairs('cachedAttention', outputs[1], cachedPairs(inputs))
}

function checkPairs(op: string, weights: Matrix | undefined, pairs: number): void {
  if (weights && weights.rows !== pairs) refuse(op, `P is ${weights.rows}, there are ${pairs} pairs`)
}

export const attentionKernel: Kernel = (
  [q, k, v, queries, keys, seed, relativeKeys, relativeValues, distanceBias],
  [z, weights],
  [heads, scale, causal, , dropout, site],
) => {
  let pair = 0
  for (let b = 0; b < queries!.rows; b++) {
    const firstKey = spanAt(keys!, b)
    const allKeys = spanLength(keys!, b)
    const seenKeys = keysAndValues(k!, v!, allKeys, (j) => firstKey + j)
    for (let i = 0; i < spanLength(queries!, b); i++, pair += allKeys) {
      const seen = causal ? Math.min(i + 1, allKeys) : allKeys
      const row = spanAt(queries!, b) + i
      const drop = dropout ? { seed: seed!, site, rate: dropout } : null
      const distant = { keys: relativeKeys, values: relativeValues, bias: distanceBias, query: i }
      attend(q!, seenKeys, z, row, seen, heads, scale, drop, distant)
      if (weights) keepWeights(weights, pair, seen, allKeys, heads)
    }
  }
}

export const cachedAttentionKernel: Kernel = (
  [q, k, v, ancestors, spans, relativeKeys, relativeValues, distanceBias],
  [z, weights],
  [heads, scale],
) => {
  let pair = 0
  for (let row = 0; row < q!.rows; row++) {
    const first = ancestors!.offset + spanAt(spans!, row) * ancestors!.stride
    const length = spanLength(spans!, row)
    const seenKeys = keysAndValues(k!, v!, length, (j) => ancestors!.data[first + j * ancestors!.stride])
    const distant = { keys: relativeKeys, values: relativeValues, bias: distanceBias, query: length - 1 }
    attend(q!, seenKeys, z, row, length, heads, scale, null, distant)
    if (weights) keepWeights(weights, pair, length, length, heads)
    pair += length
  }
}

/** The softmax of the present query, [heads, keys]. The array grows and never shrinks. */
let probabilities = new Float64Array(1024)
/** Offsets of the present query's keys and values. */
let keyOffsets = new Int32Array(256)
let valueOffsets = new Int32Array(256)

/** Keys and values in float32, and which of their rows a query sees. */
interface KeysAndValues {
  k: Matrix
  v: Matrix
  rowOf(j: number): number
}

const keyRows = new WidenedRows()
const valueRows = new WidenedRows()

/** Keys and values as float32; `count` rows of a bfloat16 cache are widened. */
function keysAndValues(k: Matrix, v: Matrix, count: number, rowOf: (j: number) => number): KeysAndValues {
  if (!isArrayOf(Uint16Array, k.data)) return { k, v, rowOf }
  return { k: keyRows.of(k, count, rowOf), v: valueRows.of(v, count, rowOf), rowOf: (j) => j }
}

/** The tables that distances add to keys, to values and to scores, and the place of the query among the keys. */
interface Distant {
  keys: Matrix | null
  values: Matrix | null
  bias: Matrix | null
  query: number
}

/** One query row of all heads: z[row] = softmax(scale · q[row] Kᵀ) V over the first `length` of the keys. */
function attend(
  q: Matrix,
  { k, v, rowOf }: KeysAndValues,
  z: Matrix,
  row: number,
  length: number,
  heads: number,
  scale: number,
  dropout: { seed: Matrix; site: number; rate: number } | null,
  { keys, values, bias, query }: Distant,
): void {
  const dHead = z.width / heads
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
    const column = head * dHead
    const from = q.offset + row * q.stride + column
    scores(q.data, from, k.data, column, dHead, length, head * length)
    if (keys) addRelativeScores(q.data, from, keys, query, length, head * length)
    if (bias) addDistanceBias(bias, head, query, length, head * length)
    softmaxOfScores(length, head * length, scale)
    if (dropout) drop(dropout.seed, dropout.site, row * heads + head, length, dropout.rate, head * length)
    weightedSum(z.data, to + column, v.data, column, dHead, length, head * length)
    if (values) addRelativeValues(z.data, to + column, values, query, length, head * length)
  }
}

/** Dropout of attention weights: each key of a query and head has a random number of its own. */
function drop(seed: Matrix, site: number, row: number, length: number, rate: number, at: number): void {
  const key = rowKey(seed.data[seed.offset], site, row)
  const threshold = dropThreshold(rate)
  for (let j = 0; j < length; j++) probabilities[at + j] *= bits(key, j) < threshold ? 0 : 1 / (1 - rate)
}

function scores(
  q: Matrix['data'],
  from: number,
  k: Matrix['data'],
  column: number,
  dHead: number,
  length: number,
  at: number,
): void {
  for (let j = 0; j < length; j++) {
    const key = keyOffsets[j] + column
    let sum = 0
    for (let i = 0; i < dHead; i++) sum += q[from + i] * k[key + i]
    probabilities[at + j] = sum
  }
}

function addRelativeScores(
  q: Matrix['data'],
  from: number,
  keys: Matrix,
  query: number,
  length: number,
  at: number,
): void {
  for (let j = 0; j < length; j++) {
    const row = distanceAt(keys, query, j)
    for (let i = 0; i < keys.width; i++) probabilities[at + j] += q[from + i] * keys.data[row + i]
  }
}

function addDistanceBias(bias: Matrix, head: number, query: number, length: number, at: number): void {
  for (let j = 0; j < length; j++) probabilities[at + j] += bias.data[distanceAt(bias, query, j) + head]
}

function softmaxOfScores(length: number, at: number, scale: number): void {
  let max = -Infinity
  for (let j = 0; j < length; j++) {
    probabilities[at + j] *= scale
    if (probabilities[at + j] > max) max = probabilities[at + j]
  }
  let total = 0
  for (let j = 0; j < length; j++) total += probabilities[at + j] = Math.exp(probabilities[at + j] - max)
  for (let j = 0; j < length; j++) probabilities[at + j] /= total
}

function weightedSum(
  z: Matrix['data'],
  to: number,
  v: Matrix['data'],
  column: number,
  dHead: number,
  length: number,
  at: number,
): void {
  for (let j = 0; j < length; j++) {
    const value = valueOffsets[j] + column
    const p = probabilities[at + j]
    for (let i = 0; i < dHead; i++) z[to + i] += p * v[value + i]
  }
}

function addRelativeValues(
  z: Matrix['data'],
  to: number,
  values: Matrix,
  query: number,
  length: number,
  at: number,
): void {
  for (let j = 0; j < length; j++) {
    const row = distanceAt(values, query, j)
    for (let i = 0; i < values.width; i++) z[to + i] += probabilities[at + j] * values.data[row + i]
  }
}

/** Copies the softmax of the present query to rows [pair, pair + all) of the weights; keys that were not seen get 0. */
function keepWeights(weights: Matrix, pair: number, seen: number, all: number, heads: number): void {
  for (let j = 0; j < all; j++)
    for (let head = 0; head < heads; head++)
      weights.data[weights.offset + (pair + j) * weights.stride + head] = j < seen ? probabilities[head * seen + j] : 0
}

import type { Matrix, PackedInt8 } from '../../interface/backend.ts'
import { PANEL } from '../../interface/packed.ts'
import { roundToEven } from '../../interface/round.ts'
import { quantizeRow } from '../products/products.ts'
import type { Factors, Place, SparseFactors } from './blocks.ts'
import { block1x8, block4x4, sparse1x8 } from './int8-blocks.ts'
import { HIGH, LONGEST_SUM, pairedSize, pairPanel } from './pairs.ts'
import { SparseRows } from './sparse-rows.ts'

/**
 * The rows of x as integers: each whole four rows as [width, 4]. This array and the arrays below are kept from call to call, and grow when
 * a call needs more.
 */
let integers = new Float64Array(0)

/** The sparse rows of these integers. */
const sparse = new SparseRows()

let scales = new Float32Array(0)

/** The sums of the present panel: [rows, 8 pairs], and [rows, 16]. */
let pairs = new Float64Array(0)

let sums = new Float64Array(0)

/** The present panel of a weight that is not kept in pairs. */
let unkept = new Float64Array(0)

/**
 * y = x Wᵀ for an int8 W [outputs, inputs]. Rows of x are quantized one by one, the sums of products of integers are exact, and then
 * scaled: y = sum · (scale of the row · scale of the output), each rounded to float32.
 */
export function multiplyInt8(x: Matrix, packed: PackedInt8, y: Matrix): void {
  reserve(x, packed)
  quantize(x)
  sparse.find(integers, x.rows, x.width)
  const kept = packed.pairs?.()
  const size = pairedSize(packed)
  for (let panel = 0; panel * PANEL < y.width; panel++) {
    if (!kept) pairPanel(packed, panel, unkept, 0)
    const paired = { w: kept ?? unkept, at: kept ? panel * size : 0, depth: packed.depth }
    sums.fill(0, 0, PANEL * x.rows)
    for (let first = 0; first < x.width; first += LONGEST_SUM) {
      const last = Math.min(first + LONGEST_SUM, x.width)
      multiplyPanel(x, paired, first, last)
      addPairs(x.rows)
    }
    scale(packed, y, panel * PANEL)
  }
}

function reserve({ rows, width }: Matrix, packed: PackedInt8): void {
  if (integers.length < rows * width) integers = new Float64Array(rows * width)
  if (scales.length < rows) {
    scales = new Float32Array(rows)
    pairs = new Float64Array((PANEL / 2) * rows)
    sums = new Float64Array(PANEL * rows)
  }
  if (!packed.pairs && unkept.length < pairedSize(packed)) unkept = new Float64Array(pairedSize(packed))
}

function quantize(x: Matrix): void {
  const { rows, width } = x
  for (let row = 0; row < rows; row++) {
    const inFour = row < (rows & ~3)
    const to = inFour ? (row & ~3) * width + (row & 3) : row * width
    scales[row] = quantizeRow(integers, to, inFour ? 4 : 1, x, row)
  }
}

/** The arguments of the present block. */
const factors: Factors = { data: integers, at: 0, count: 0 }
const nonzero: SparseFactors = { numbers: sparse.numbers, columns: sparse.columns, at: 0, end: 0 }
const weights: Place<Float64Array> = { data: unkept, at: 0, stride: 0 }
const products: Place<Float64Array> = { data: pairs, at: 0, stride: PANEL / 2 }

/**
 * pairs ← the products of inputs [first, last) with the panel of 16 outputs in pairs that begins at w[at]; in a sparse
 * row only inputs other than 0 count.
 */
function multiplyPanel({ rows, width }: Matrix, { w, at, depth }: PairedPanel, first: number, last: number): void {
  const whole = rows & ~3
  factors.data = integers
  factors.count = last - first
  nonzero.numbers = sparse.numbers
  nonzero.columns = sparse.columns
  weights.data = w
  weights.stride = 4 * depth
  products.data = pairs
  for (let row = 0; row < whole; row += 4) {
    if (sparse.counts[row] >= 0) continue
    factors.at = row * width + 4 * first
    for (let half = 0; half < 2; half++) {
      weights.at = at + 4 * first + half * weights.stride
      products.at = 8 * row + 4 * half
      block4x4(factors, weights, products)
    }
  }
  for (let row = 0; row < rows; row++) {
    const count = sparse.counts[row]
    if (row < whole && count < 0) continue
    products.at = 8 * row
    if (count < 0) {
      factors.at = row * width + first
      weights.at = at + 4 * first
      block1x8(factors, weights, products)
    } else {
      weights.at = at
      nonzero.at = row * sparse.most + first
      nonzero.end = row * sparse.most + Math.min(last, count)
      sparse1x8(nonzero, weights, products)
    }
  }
}

/** A panel of 16 outputs in pairs, which begins at w[at]. */
interface PairedPanel {
  w: Float64Array
  at: number
  depth: number
}

/** Separates the numbers of pairs, and adds them to the sums of their outputs. */
function addPairs(rows: number): void {
  for (let row = 0; row < rows; row++)
    for (let pair = 0; pair < 8; pair++) {
      const both = pairs[8 * row + pair]
      const high = roundToEven(both / HIGH)
      const to = PANEL * row + 8 * (pair >> 2) + (pair & 3)
      sums[to] += both - HIGH * high
      sums[to + 4] += high
    }
}

function scale(packed: PackedInt8, y: Matrix, first: number): void {
  const count = Math.min(PANEL, y.width - first)
  for (let row = 0; row < y.rows; row++) {
    const to = y.offset + row * y.stride + first
    for (let i = 0; i < count; i++)
      y.data[to + i] = Math.fround(sums[PANEL * row + i]) * Math.fround(scales[row] * packed.scales[first + i])
  }
}

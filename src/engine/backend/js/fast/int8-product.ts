import type { Matrix, PackedInt8 } from '../../interface/backend.ts'
import { PANEL } from '../../interface/packed.ts'
import { roundToEven } from '../../interface/round.ts'
import { quantizeRow } from '../products/quantized-row.ts'
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

/** A panel of 16 outputs in pairs, which begins at w[at]. */
interface PairedPanel {
  w: Float64Array
  at: number
  depth: number
}

/** pairs ← the products of inputs [first, last) with a panel; in a sparse row only inputs other than 0 count. */
function multiplyPanel({ rows, width }: Matrix, panel: PairedPanel, first: number, last: number): void {
  const count = last - first
  const from = panel.at + 4 * first
  const half = 4 * panel.depth
  let row = 0
  for (; row + 4 <= rows; row += 4) {
    if (sparse.counts[row] >= 0) continue
    const at = row * width + 4 * first
    block4x4(at, count, panel.w, from, 8 * row)
    block4x4(at, count, panel.w, from + half, 8 * row + 4)
  }
  for (; row < rows; row++)
    if (sparse.counts[row] < 0) block1x8(row * width + first, count, { ...panel, at: from }, 8 * row)
  for (row = 0; row < rows; row++)
    if (sparse.counts[row] >= 0) {
      const at = row * sparse.most
      const end = at + Math.min(last, sparse.counts[row])
      sparse1x8(at + first, end, panel, 8 * row)
    }
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

// `| 0` says that an index is an integer of 32 bits: otherwise each addition is checked for leaving them.

/** Four rows by four pairs: sixteen sums of two live in registers. */
function block4x4(a0: number, count: number, w: Float64Array, w0: number, to: number): void {
  const a = integers
  const out = pairs
  let s00 = 0,
    s01 = 0,
    s02 = 0,
    s03 = 0
  let s10 = 0,
    s11 = 0,
    s12 = 0,
    s13 = 0
  let s20 = 0,
    s21 = 0,
    s22 = 0,
    s23 = 0
  let s30 = 0,
    s31 = 0,
    s32 = 0,
    s33 = 0
  for (const end = a0 + 4 * count; a0 < end; a0 = (a0 + 4) | 0, w0 = (w0 + 4) | 0) {
    const v0 = w[w0],
      v1 = w[(w0 + 1) | 0],
      v2 = w[(w0 + 2) | 0],
      v3 = w[(w0 + 3) | 0]
    let x = a[a0]
    s00 += x * v0
    s01 += x * v1
    s02 += x * v2
    s03 += x * v3
    x = a[(a0 + 1) | 0]
    s10 += x * v0
    s11 += x * v1
    s12 += x * v2
    s13 += x * v3
    x = a[(a0 + 2) | 0]
    s20 += x * v0
    s21 += x * v1
    s22 += x * v2
    s23 += x * v3
    x = a[(a0 + 3) | 0]
    s30 += x * v0
    s31 += x * v1
    s32 += x * v2
    s33 += x * v3
  }
  out[to] = s00
  out[to + 1] = s01
  out[to + 2] = s02
  out[to + 3] = s03
  out[to + 8] = s10
  out[to + 9] = s11
  out[to + 10] = s12
  out[to + 11] = s13
  out[to + 16] = s20
  out[to + 17] = s21
  out[to + 18] = s22
  out[to + 19] = s23
  out[to + 24] = s30
  out[to + 25] = s31
  out[to + 26] = s32
  out[to + 27] = s33
}

/** One row by both halves of a panel. */
function block1x8(a0: number, count: number, { w, at, depth }: PairedPanel, to: number): void {
  const a = integers
  const out = pairs
  let w0 = at
  let w4 = at + 4 * depth
  let s0 = 0,
    s1 = 0,
    s2 = 0,
    s3 = 0,
    s4 = 0,
    s5 = 0,
    s6 = 0,
    s7 = 0
  for (const end = a0 + count; a0 < end; a0 = (a0 + 1) | 0, w0 = (w0 + 4) | 0, w4 = (w4 + 4) | 0) {
    const x = a[a0]
    s0 += x * w[w0]
    s1 += x * w[(w0 + 1) | 0]
    s2 += x * w[(w0 + 2) | 0]
    s3 += x * w[(w0 + 3) | 0]
    s4 += x * w[w4]
    s5 += x * w[(w4 + 1) | 0]
    s6 += x * w[(w4 + 2) | 0]
    s7 += x * w[(w4 + 3) | 0]
  }
  out[to] = s0
  out[to + 1] = s1
  out[to + 2] = s2
  out[to + 3] = s3
  out[to + 4] = s4
  out[to + 5] = s5
  out[to + 6] = s6
  out[to + 7] = s7
}

/** One sparse row, its numbers [from, end), by both halves of a panel. */
function sparse1x8(from: number, end: number, { w, at, depth }: PairedPanel, to: number): void {
  const { numbers, columns } = sparse
  const out = pairs
  const w4 = at + 4 * depth
  let s0 = 0,
    s1 = 0,
    s2 = 0,
    s3 = 0,
    s4 = 0,
    s5 = 0,
    s6 = 0,
    s7 = 0
  for (let i = from; i < end; i = (i + 1) | 0) {
    const x = numbers[i]
    const column = 4 * columns[i]
    const low = (at + column) | 0
    const high = (w4 + column) | 0
    s0 += x * w[low]
    s1 += x * w[(low + 1) | 0]
    s2 += x * w[(low + 2) | 0]
    s3 += x * w[(low + 3) | 0]
    s4 += x * w[high]
    s5 += x * w[(high + 1) | 0]
    s6 += x * w[(high + 2) | 0]
    s7 += x * w[(high + 3) | 0]
  }
  out[to] = s0
  out[to + 1] = s1
  out[to + 2] = s2
  out[to + 3] = s3
  out[to + 4] = s4
  out[to + 5] = s5
  out[to + 6] = s6
  out[to + 7] = s7
}

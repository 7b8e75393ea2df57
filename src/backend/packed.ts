import type { Encoding, Packed } from './backend.ts'

/** Rows of a weight that lie interleaved: as many as an AVX-512 register has lanes. */
export const PANEL = 16

/** Where an encoded weight's parts lie, in floats behind its beginning. */
export interface PackedLayout {
  /** Its width, rounded up with zeros to whole steps of the kernels. */
  depth: number
  scales: number
  sums: number
  size: number
}

/**
 * The layout of a weight [rows, width]: panels of 16 rows, the last one filled up with zeros.
 * - int8: panels [⌈rows/16⌉][depth/4][16][4] int8, depth a multiple of 64; then scales float32 [16 · panels] and sums int32
 *   [16 · panels], each row's sum of its integers. One [16][4] is a register of AVX512-VNNI and a row of an AMX tile.
 * - bfloat16: panels [⌈rows/16⌉][depth/2][16][2] uint16, depth a multiple of 32.
 */
export function packedLayout(encoding: Exclude<Encoding, 'float32'>, rows: number, width: number): PackedLayout {
  const lanes = Math.ceil(rows / PANEL) * PANEL
  const step = encoding === 'int8' ? 64 : 32
  const depth = Math.ceil(width / step) * step
  const scales = (lanes * depth) / (encoding === 'int8' ? 4 : 2)
  const sums = scales + (encoding === 'int8' ? lanes : 0)
  return { depth, scales, sums, size: sums + (encoding === 'int8' ? lanes : 0) }
}

/** Floats of the store that a weight takes. */
export function storedSize(encoding: Encoding, rows: number, width: number): number {
  return encoding === 'float32' ? rows * width : packedLayout(encoding, rows, width).size
}

/** Views of an encoded weight in its store. */
export function packedViews(
  values: Float32Array,
  { encoding, rows, width, offset }: { encoding: Encoding; rows: number; width: number; offset: number },
): Packed | undefined {
  if (encoding === 'float32') return undefined
  const { depth, scales, sums } = packedLayout(encoding, rows, width)
  const lanes = Math.ceil(rows / PANEL) * PANEL
  const { buffer } = values
  const at = values.byteOffset + 4 * offset
  if (encoding === 'bfloat16') return { encoding, values: new Uint16Array(buffer, at, lanes * depth), depth }
  return {
    encoding,
    values: new Int8Array(buffer, at, lanes * depth),
    scales: new Float32Array(buffer, at + 4 * scales, lanes),
    sums: new Int32Array(buffer, at + 4 * sums, lanes),
    depth,
  }
}

/** Where row `row` begins: value k of int8 lies at start + (k >> 2) · 64 + (k & 3), of bfloat16 at start + (k >> 1) · 32 + (k & 1). */
export function rowStart({ encoding, depth }: Packed, row: number): number {
  const inPanel = row % PANEL
  return (row - inPanel) * depth + inPanel * (encoding === 'int8' ? 4 : 2)
}

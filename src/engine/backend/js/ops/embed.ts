import type { Matrix, TensorArray } from '../../interface/backend.ts'
import { checkRange, refuse } from '../operands/check.ts'
import type { Check, Kernel } from '../operands/kernel.ts'
import { rowScale, Scratch, unpackRows } from '../products/unpack.ts'

export const checkEmbed: Check<'embed'> = ({ table, tokens, positions, positionTable, positionOffset }) => {
  checkRange('embed', 'token', tokens, -1, table.rows)
  if (!Number.isInteger(positionOffset)) refuse('embed', `position offset ${positionOffset} is no integer`)
  if (positions && positionTable)
    checkRange('embed', 'position', positions, -Math.min(0, positionOffset), positionTable.rows - positionOffset)
}

export const embed: Kernel<'embed'> = (call) => {
  const { table, tokens, positions, positionTable, embedded: x, scale, positionOffset } = call
  const { width } = x
  const factor = Math.fround(scale)
  for (let row = 0; row < x.rows; row++) {
    const to = x.offset + row * x.stride
    const token = tokens.data[tokens.offset + row * tokens.stride]
    if (token < 0) x.data.fill(0, to, to + width)
    else {
      copyRow(table, token, x.data, to, width)
      for (let i = 0; i < width; i++) x.data[to + i] *= factor
    }
    if (!positions || !positionTable) continue
    const position = positions.data[positions.offset + row * positions.stride] + positionOffset
    const at = positionTable.offset + position * positionTable.stride
    for (let i = 0; i < width; i++) x.data[to + i] += positionTable.data[at + i]
  }
}

const unpacked = new Scratch()

function copyRow(
  { data, offset, stride, packed }: Matrix,
  row: number,
  to: TensorArray,
  at: number,
  width: number,
): void {
  if (!packed) {
    const from = offset + row * stride
    for (let i = 0; i < width; i++) to[at + i] = data[from + i]
    return
  }
  unpackRows(packed, row, 1, unpacked)
  const scale = rowScale(packed, row)
  for (let i = 0; i < width; i++) to[at + i] = unpacked.floats[i] * scale
}

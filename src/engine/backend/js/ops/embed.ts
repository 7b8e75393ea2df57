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

export const checkEmbedGradient: Check<'embedGradient'> = ({
  tokens,
  positions,
  dTable,
  dPositionTable,
  positionOffset,
}) => {
  checkRange('embedGradient', 'token', tokens, -1, dTable.rows)
  if (positions && dPositionTable)
    checkRange(
      'embedGradient',
      'position',
      positions,
      -Math.min(0, positionOffset),
      dPositionTable.rows - positionOffset,
    )
}

export const embedGradient: Kernel<'embedGradient'> = (call) => {
  const { tokens, positions, dx, dTable, dPositionTable, scale, positionOffset } = call
  for (let row = 0; row < dx.rows; row++) {
    const from = dx.offset + row * dx.stride
    const token = tokens.data[tokens.offset + row * tokens.stride]
    const to = dTable.offset + token * dTable.stride
    // x = table[token] · scale: the row of the table gathers scale · dx from every place where its token stands.
    if (token >= 0) for (let i = 0; i < dx.width; i++) dTable.data[to + i] += scale * dx.data[from + i]
    // A position's row is added to every token that stands there: it gathers their gradients.
    if (!positions || !dPositionTable) continue
    const position = positions.data[positions.offset + row * positions.stride] + positionOffset
    const at = dPositionTable.offset + position * dPositionTable.stride
    for (let i = 0; i < dx.width; i++) dPositionTable.data[at + i] += dx.data[from + i]
  }
}

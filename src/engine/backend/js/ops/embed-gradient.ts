import { checkRange } from '../operands/check.ts'
import type { Check, Kernel } from '../operands/kernel.ts'

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

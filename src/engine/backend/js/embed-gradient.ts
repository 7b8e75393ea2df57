import type { Check, Kernel } from '../backend.ts'
import { checkRange } from './check.ts'

export const checkEmbedGradient: Check = ([tokens, positions, , dTable, dPositionTable], _, [, positionOffset]) => {
  checkRange('embedGradient', 'token', tokens!, -1, dTable!.rows)
  if (positions)
    checkRange(
      'embedGradient',
      'position',
      positions,
      -Math.min(0, positionOffset),
      dPositionTable!.rows - positionOffset,
    )
}

export const embedGradientKernel: Kernel = (
  [tokens, positions, dx, dTable, dPositionTable],
  _,
  [scale, positionOffset],
) => {
  for (let row = 0; row < dx!.rows; row++) {
    const from = dx!.offset + row * dx!.stride
    const token = tokens!.data[tokens!.offset + row * tokens!.stride]
    const to = dTable!.offset + token * dTable!.stride
    if (token >= 0) for (let i = 0; i < dx!.width; i++) dTable!.data[to + i] += scale * dx!.data[from + i]
    if (!positions) continue
    const position = positions.data[positions.offset + row * positions.stride] + positionOffset
    const at = dPositionTable!.offset + position * dPositionTable!.stride
    for (let i = 0; i < dx!.width; i++) dPositionTable!.data[at + i] += dx!.data[from + i]
  }
}

import type { Check, Kernel } from '../backend.ts'
import { checkRange, refuse } from './check.ts'

export const checkEmbed: Check = ([table, tokens, positions, positionTable], _, [, positionOffset]) => {
  checkRange('embed', 'token', tokens!, -1, table!.rows)
  if (!Number.isInteger(positionOffset)) refuse('embed', `position offset ${positionOffset} is no integer`)
  if (positions)
    checkRange('embed', 'position', positions, -Math.min(0, positionOffset), positionTable!.rows - positionOffset)
}

export const embedKernel: Kernel = ([table, tokens, positions, positionTable], [x], [scale, positionOffset]) => {
  const { width } = x
  for (let row = 0; row < x.rows; row++) {
    const to = x.offset + row * x.stride
    const token = tokens!.data[tokens!.offset + row * tokens!.stride]
    const from = table!.offset + token * table!.stride
    for (let i = 0; i < width; i++) x.data[to + i] = token < 0 ? 0 : table!.data[from + i] * scale
    if (!positions) continue
    const position = positions.data[positions.offset + row * positions.stride] + positionOffset
    const at = positionTable!.offset + position * positionTable!.stride
    for (let i = 0; i < width; i++) x.data[to + i] += positionTable!.data[at + i]
  }
}

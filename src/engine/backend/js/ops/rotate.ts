import { checkRange } from '../operands/check.ts'
import type { Check, Kernel } from '../operands/kernel.ts'

export const checkRotate: Check<'rotate'> = ({ positions, rotations }) =>
  checkRange('rotate', 'position', positions, 0, rotations.rows)

export const rotate: Kernel<'rotate'> = ({ x, positions, rotations, rotated: y, columns, direction }) => {
  const sign = direction === 'forward' ? 1 : -1
  const dHead = rotations.width
  for (let row = 0; row < y.rows; row++) {
    const from = x.offset + row * x.stride
    const to = y.offset + row * y.stride
    const angles = rotations.offset + positions.data[positions.offset + row * positions.stride] * rotations.stride
    for (let i = 0; i < columns; i += 2) {
      const cos = rotations.data[angles + (i % dHead)]
      const sin = sign * rotations.data[angles + (i % dHead) + 1]
      const [a, b] = [x.data[from + i], x.data[from + i + 1]]
      y.data[to + i] = a * cos - b * sin
      y.data[to + i + 1] = a * sin + b * cos
    }
    for (let i = columns; i < y.width; i++) y.data[to + i] = x.data[from + i]
  }
}

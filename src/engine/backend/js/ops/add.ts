import type { Kernel } from '../operands/kernel.ts'

export const add: Kernel<'add'> = ({ a, b, sum: y }) => {
  for (let row = 0; row < y.rows; row++) {
    const first = a.offset + row * a.stride
    const second = b.offset + row * b.stride
    const to = y.offset + row * y.stride
    for (let i = 0; i < y.width; i++) y.data[to + i] = a.data[first + i] + b.data[second + i]
  }
}

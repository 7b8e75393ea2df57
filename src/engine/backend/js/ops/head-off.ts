import type { Kernel } from '../operands/kernel.ts'

export const headOff: Kernel<'headOff'> = ({ attended, kept, heads, head }) => {
  const width = kept.width / heads
  for (let row = 0; row < kept.rows; row++) {
    const from = attended.offset + row * attended.stride
    const to = kept.offset + row * kept.stride
    for (let i = 0; i < kept.width; i++)
      kept.data[to + i] = Math.floor(i / width) === head ? 0 : attended.data[from + i]
  }
}

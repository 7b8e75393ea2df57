import type { Matrix } from '../../interface/backend.ts'

export function clear(m: Matrix): void {
  for (let row = 0; row < m.rows; row++) m.data.fill(0, m.offset + row * m.stride, m.offset + row * m.stride + m.width)
}

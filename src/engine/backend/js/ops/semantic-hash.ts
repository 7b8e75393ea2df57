import { softBit } from '../functions/activation-functions.ts'
import type { Kernel } from '../operands/kernel.ts'
import { rowAt } from '../operands/recurrence.ts'

export const semanticHash: Kernel<'semanticHash'> = ({ x, noise, hard, code }) => {
  for (let row = 0; row < x.rows; row++) {
    const isHard = hard?.data[rowAt(hard, row)] !== 0
    for (let i = 0; i < x.width; i++) {
      const u = x.data[rowAt(x, row) + i] + (noise ? noise.data[rowAt(noise, row) + i] : 0)
      code.data[rowAt(code, row) + i] = isHard ? Number(u > 0) : softBit(u)
    }
  }
}

export const semanticHashGradient: Kernel<'semanticHashGradient'> = ({ x, noise, dCode, dx }) => {
  for (let row = 0; row < x.rows; row++)
    for (let i = 0; i < x.width; i++) {
      const u = x.data[rowAt(x, row) + i] + (noise ? noise.data[rowAt(noise, row) + i] : 0)
      const soft = softBit(u)
      const s = 1 / (1 + Math.exp(-u))
      const slope = soft > 0 && soft < 1 ? 1.2 * s * (1 - s) : 0
      dx.data[rowAt(dx, row) + i] = dCode.data[rowAt(dCode, row) + i] * slope
    }
}

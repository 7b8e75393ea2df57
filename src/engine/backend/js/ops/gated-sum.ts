import { sigmoid } from '../functions/sigmoid.ts'
import type { Kernel } from '../operands/kernel.ts'
import { rowAt } from '../operands/recurrence.ts'

export const gatedSum: Kernel<'gatedSum'> = ({ gateA, a, gateB, b, summed }) => {
  for (let row = 0; row < summed.rows; row++)
    for (let i = 0; i < summed.width; i++) {
      const first = sigmoid(gateA.data[rowAt(gateA, row) + i]) * a.data[rowAt(a, row) + i]
      const second = sigmoid(gateB.data[rowAt(gateB, row) + i]) * b.data[rowAt(b, row) + i]
      summed.data[rowAt(summed, row) + i] = first + second
    }
}

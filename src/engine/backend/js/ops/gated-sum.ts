import { sigmoid } from '../functions/activation-functions.ts'
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

export const gatedSumGradient: Kernel<'gatedSumGradient'> = ({ gateA, a, gateB, b, dSum, dGateA, dA, dGateB, dB }) => {
  for (let row = 0; row < dA.rows; row++)
    for (let i = 0; i < dA.width; i++) {
      const slope = dSum.data[rowAt(dSum, row) + i]
      const first = sigmoid(gateA.data[rowAt(gateA, row) + i])
      const second = sigmoid(gateB.data[rowAt(gateB, row) + i])
      // y = σ(gateA) ∘ a + σ(gateB) ∘ b, and σ' = σ (1 − σ): a gate gets σ' · a · dy, what it gates σ · dy.
      dGateA.data[rowAt(dGateA, row) + i] = first * (1 - first) * a.data[rowAt(a, row) + i] * slope
      dA.data[rowAt(dA, row) + i] = first * slope
      dGateB.data[rowAt(dGateB, row) + i] = second * (1 - second) * b.data[rowAt(b, row) + i] * slope
      dB.data[rowAt(dB, row) + i] = second * slope
    }
}

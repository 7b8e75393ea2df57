import type { Kernel } from '../operands/kernel.ts'
import { columnShares, rowAt } from '../operands/recurrence.ts'

export const balance: Kernel<'balance'> = ({ x, balance }) => {
  const { variance, square } = columnShares(x)
  balance.data[balance.offset] = variance / square
}

export const balanceGradient: Kernel<'balanceGradient'> = ({ x, dBalance, dx }) => {
  const { sums, mean, variance, square } = columnShares(x)
  const d = dBalance.data[dBalance.offset]
  const experts = x.width
  const slopes = sums.map(
    (sum) => d * ((2 * (sum - mean)) / experts / square - (2 * variance * mean) / experts / square ** 2),
  )
  for (let row = 0; row < x.rows; row++) for (let e = 0; e < experts; e++) dx.data[rowAt(dx, row) + e] = slopes[e]
}

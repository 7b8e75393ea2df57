import { columnShares } from '../functions/column-shares.ts'
import type { Kernel } from '../operands/kernel.ts'

export const balance: Kernel<'balance'> = ({ x, balance }) => {
  const { variance, square } = columnShares(x)
  balance.data[balance.offset] = variance / square
}

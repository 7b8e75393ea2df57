import { columnShares } from '../column-shares.ts'
import type { Kernel } from '../kernel.ts'

export const balance: Kernel<'balance'> = ({ x, balance }) => {
  const { variance, square } = columnShares(x)
  balance.data[balance.offset] = variance / square
}

import { SUM_BLOCK } from '../../interface/round.ts'
import type { Kernel } from '../operands/kernel.ts'

export const sumOfSquares: Kernel<'sumOfSquares'> = ({ x, sums }) => {
  for (let block = 0; block < sums.rows; block++) {
    const from = x.offset + block * SUM_BLOCK
    const to = Math.min(from + SUM_BLOCK, x.offset + x.width)
    let sum = 0
    for (let i = from; i < to; i++) sum += x.data[i] ** 2
    sums.data[sums.offset + block * sums.stride] = sum
  }
}

import { checkRange, refuse } from '../operands/check.ts'
import type { Check, Kernel } from '../operands/kernel.ts'
import type { Operands } from '../operands/operands.ts'

export const checkLowRank: Check<'lowRank'> = (call) => {
  const { adapters, places, matrices } = call
  checkRange('lowRank', 'adapter', adapters, -1, places.rows)
  const { whole, part } = widthsOf(call)
  for (let adapter = 0; adapter < places.rows; adapter++)
    for (let at = 0; at < places.width; at += 3) {
      const [down, up, rank] = placeOf(places, adapter, at)
      if (down < 0 || up < 0 || rank < 0 || down + rank * whole > matrices.rows || up + rank * part > matrices.rows)
        refuse(
          'lowRank',
          `matrices of rank ${rank} at ${down} and ${up} (adapter ${adapter}) are outside of ${matrices.rows} values`,
        )
    }
}

export const lowRank: Kernel<'lowRank'> = (call) => {
  const { x, product, matrices, places, adapters, adapted: y, direction } = call
  const { whole, part } = widthsOf(call)
  const isForward = direction === 'forward'
  const values = matrices.data
  for (let row = 0; row < y.rows; row++) {
    const from = x.offset + row * x.stride
    const to = y.offset + row * y.stride
    for (let i = 0; i < y.width; i++)
      y.data[to + i] = product ? product.data[product.offset + row * product.stride + i] : 0
    const adapter = adapters.data[adapters.offset + row * adapters.stride]
    for (let at = 0; adapter >= 0 && at < places.width; at += 3) {
      const [down, up, rank] = placeOf(places, adapter, at)
      const column = (at / 3) * part
      for (let k = 0; k < rank; k++) {
        const [read, written] = [matrices.offset + down + k * whole, matrices.offset + up + k * part]
        let sum = 0
        if (isForward) {
          for (let i = 0; i < whole; i++) sum += x.data[from + i] * values[read + i]
          const inner = Math.fround(sum)
          for (let i = 0; i < part; i++) y.data[to + column + i] += inner * values[written + i]
        } else {
          for (let i = 0; i < part; i++) sum += x.data[from + column + i] * values[written + i]
          const inner = Math.fround(sum)
          for (let i = 0; i < whole; i++) y.data[to + i] += inner * values[read + i]
        }
      }
    }
  }
}

/** The width of the product's input, and that of a part. */
function widthsOf({ x, outputs, places, direction }: Operands['lowRank']): { whole: number; part: number } {
  const [whole, parted] = direction === 'forward' ? [x.width, outputs] : [outputs, x.width]
  return { whole, part: parted / (places.width / 3) }
}

/** Where both matrices of a part of an adapter begin, and their rank. */
function placeOf({ data, offset, stride }: Operands['lowRank']['places'], adapter: number, at: number): number[] {
  const first = offset + adapter * stride + at
  return [data[first], data[first + 1], data[first + 2]]
}

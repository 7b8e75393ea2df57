import { bfloat16FromBits } from '../../../../base/values/bfloat16.ts'
import { isArrayOf } from '../../../../base/values/value-class.ts'
import type { TensorArray } from '../../interface/backend.ts'
import { checkRange } from '../operands/check.ts'
import type { Check, Kernel } from '../operands/kernel.ts'
import { Scratch } from '../products/unpack.ts'

export const checkWriteCache: Check<'writeCache'> = ({ slots, cache }) =>
  checkRange('writeCache', 'slot', slots, 0, cache.rows)

export const writeCache: Kernel<'writeCache'> = ({ x, slots, cache }) => {
  const isNarrow = isArrayOf(Uint16Array, cache.data)
  for (let row = 0; row < x.rows; row++) {
    const from = x.offset + row * x.stride
    const to = cache.offset + slots.data[slots.offset + row * slots.stride] * cache.stride
    if (isNarrow) appendRounded(x.data, from, cache.data, to, x.width)
    else for (let i = 0; i < x.width; i++) cache.data[to + i] = x.data[from + i]
  }
}

const scratch = new Scratch()

/** cache[to + i] ← x[from + i] in bfloat16, by way of memory whose bits can be read. */
function appendRounded(x: ArrayLike<number>, from: number, cache: TensorArray, to: number, width: number): void {
  scratch.reserve(width)
  const { floats, bits } = scratch
  for (let i = 0; i < width; i++) floats[i] = x[from + i]
  for (let i = 0; i < width; i++) cache[to + i] = bfloat16FromBits(bits[i])
}

import type { Check, Kernel } from '../backend.ts'
import { checkRange } from './check.ts'

export const checkAppend: Check = ([, slots, cache]) => checkRange('append', 'slot', slots!, 0, cache!.rows)

export const appendKernel: Kernel = ([x, slots, cache]) => {
  for (let row = 0; row < x!.rows; row++) {
    const from = x!.offset + row * x!.stride
    const to = cache!.offset + slots!.data[slots!.offset + row * slots!.stride] * cache!.stride
    for (let i = 0; i < x!.width; i++) cache!.data[to + i] = x!.data[from + i]
  }
}

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Heap } from '#dist/engine/decode/turns/fair-clients.js'

it('a heap has its least item first, like a sorted list, through any pushes, pops and growth', () => {
  const push = fc.record({ action: fc.constant('push' as const), value: fc.integer({ min: 0, max: 20 }) })
  const pop = fc.record({ action: fc.constant('pop' as const), value: fc.constant(0) })
  const sink = fc.record({ action: fc.constant('sink' as const), value: fc.nat(20) })
  fc.assert(
    fc.property(
      fc.array(fc.oneof({ weight: 3, arbitrary: push }, pop, sink), { maxLength: 80, size: 'max' }),
      (actions) => {
        const heap = new Heap<{ value: number }>((a, b) => a.value < b.value)
        const sorted: number[] = []
        for (const { action, value } of actions) {
          if (action === 'push') {
            heap.push({ value })
            sorted.push(value)
          } else if (sorted.length && action === 'pop') {
            heap.pop()
            sorted.shift()
          } else if (sorted.length) {
            heap.first!.value += value
            heap.sink()
            sorted[0] += value
          }
          sorted.sort((a, b) => a - b)
          expect(heap.first?.value).toBe(sorted[0])
        }
        while (heap.first) {
          expect(heap.first.value).toBe(sorted.shift())
          heap.pop()
        }
        expect(sorted).toEqual([])
      },
    ),
  )
})

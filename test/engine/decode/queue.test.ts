import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Queue } from '#dist/engine/decode/turns/fair-queue.js'

it('a queue returns its items in order, without those that were dropped meanwhile', () => {
  const actions = fc.array(fc.constantFrom('push', 'push', 'take', 'drop'), { maxLength: 60 })
  fc.assert(
    fc.property(actions, (list) => {
      const queue = new Queue<number>()
      let expected: number[] = []
      list.forEach((action, i) => {
        if (action === 'push') {
          queue.push(i)
          expected.push(i)
        } else if (action === 'drop') {
          queue.drop((item) => item % 3 === 0)
          expected = expected.filter((item) => item % 3 !== 0)
        } else if (expected.length) expect(queue.take()).toBe(expected.shift())
        expect([queue.first, queue.length]).toEqual([expected[0], expected.length])
      })
    }),
  )
})

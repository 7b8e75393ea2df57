import { describe, expect, it } from 'vitest'
import { chooseWorker, ENOUGH, type Order, orderFor } from '#dist/workers/pool/work-queue.js'

describe('the next work', () => {
  it.each<[Order, string, number[], number, number | 'another' | null]>([
    ['spread', 'starts the first worker', [], 2, 'another'],
    ['spread', 'goes to one that has none', [500, 0], 2, 1],
    ['spread', 'starts another where all have some', [500], 2, 'another'],
    ['spread', 'goes to the least loaded where there are enough workers', [500, 300], 2, 1],
    ['spread', 'waits while all have enough', [ENOUGH, ENOUGH + 1], 2, null],
    ['fill', 'starts the first worker', [], 2, 'another'],
    ['fill', 'goes to the one that has some', [500], 2, 0],
    ['fill', 'goes to the first that has not enough, though another has none', [500, 0], 2, 0],
    ['fill', 'starts another where all have enough', [ENOUGH], 2, 'another'],
    ['fill', 'goes on to the next where one has enough', [ENOUGH, 700], 2, 1],
    ['fill', 'waits while all have enough', [ENOUGH, ENOUGH], 2, null],
  ])('%s: %s', (order, _, sizes, most, chosen) => {
    expect(chooseWorker(sizes, most, order)).toBe(chosen)
  })

  it('is spread over workers while the caches can hold the weights', () => {
    expect(orderFor(7_500_000, 2, 2)).toBe('spread')
    expect(orderFor(62_000_000, 2, 2)).toBe('fill')
  })

  it('is spread where one worker could not use all cores', () => {
    expect(orderFor(62_000_000, 1, 2)).toBe('spread')
    expect(orderFor(62_000_000, 1, 1)).toBe('spread')
    expect(orderFor(62_000_000, 4, 16)).toBe('spread')
  })
})

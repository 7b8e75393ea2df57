import { setImmediate } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FairQueue } from '#dist/engine/decode/turns/fair-queue.js'

interface Item {
  turn: { request: unknown; client?: string; priority?: number }
  cost: number
}

const newQueue = () => new FairQueue<Item>(({ cost }) => cost)

/** A line of items that come out in order. */
const lineOf = ({ turn: { request, client, priority } }: Item) => JSON.stringify([priority ?? 0, client ?? '', request])

const items: fc.Arbitrary<Item> = fc.record({
  turn: fc.record(
    { request: fc.nat(1), client: fc.constantFrom('a', 'b'), priority: fc.constantFrom(-1, 1) },
    { requiredKeys: ['request'] },
  ),
  cost: fc.integer({ min: 1, max: 9 }),
})

describe('any pushes, takes, returns and drops', () => {
  type Action = { do: 'push'; item: Item } | { do: 'take' | 'put back' } | { do: 'drop' | 'drop of one'; item: Item }
  const actions: fc.Arbitrary<Action> = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('push' as const), item: items }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('take' as const, 'put back' as const) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('drop' as const, 'drop of one' as const), item: items }) },
  )

  it('keep the counts right, the highest priority first, and each request in order', () => {
    fc.assert(
      fc.property(fc.array(actions, { maxLength: 100, size: 'max' }), (list) => {
        const queue = newQueue()
        let waiting: Item[] = []
        const taken: Item[] = []
        for (const action of list) {
          if (action.do === 'push') {
            queue.push(action.item)
            waiting.push(action.item)
          } else if (action.do === 'take' && waiting.length) {
            const { first } = queue
            const item = queue.take()
            expect(item).toBe(first)
            expect(item.turn.priority ?? 0).toBe(Math.max(...waiting.map(({ turn }) => turn.priority ?? 0)))
            expect(item).toBe(waiting.find((other) => lineOf(other) === lineOf(item)))
            waiting.splice(waiting.indexOf(item), 1)
            taken.push(item)
          } else if (action.do === 'put back' && taken.length) {
            const item = taken.pop()!
            queue.putBack(item)
            waiting.unshift(item)
          } else if (action.do === 'drop') {
            const isDropped = ({ cost }: Item) => cost === action.item.cost
            queue.drop(isDropped)
            waiting = waiting.filter((item) => !isDropped(item))
          } else if (action.do === 'drop of one') {
            queue.drop(() => true, action.item.turn)
            waiting = waiting.filter((item) => lineOf(item) !== lineOf(action.item))
          }
          const cost = waiting.reduce((sum, { cost }) => sum + cost, 0)
          expect([queue.length, queue.cost, queue.first === undefined]).toEqual([waiting.length, cost, !waiting.length])
        }
      }),
      { numRuns: 50 },
    )
  })
})

/** FairClients that take turns: clients, or the requests of one client. */
describe.each([
  ['clients', (who: number) => ({ client: `client ${who}`, request: `request of ${who}` })],
  ['requests of a client', (who: number) => ({ client: 'client', request: who })],
])('%s', (_, turnOf) => {
  const costs = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 20, size: 'max' })
  const whoIs = ({ turn: { request } }: Item) => Number(/\d+/.exec(`${request}`)![0])

  it('each turn goes to the sharer with the least service, and among equals to the first', () => {
    fc.assert(
      fc.property(fc.array(costs, { minLength: 2, maxLength: 5 }), (lists) => {
        const queue = newQueue()
        lists.forEach((list, who) => {
          for (const cost of list) queue.push({ turn: turnOf(who), cost })
        })
        const had = lists.map(() => 0)
        const [order, expected]: number[][] = [[], []]
        while (queue.length) {
          const left = lists.flatMap((list, who) => (list.length ? [who] : []))
          const least = Math.min(...left.map((who) => had[who]))
          const who = left.find((each) => had[each] === least)!
          order.push(whoIs(queue.take()))
          expected.push(who)
          had[who] += lists[who].shift()!
        }
        expect(order).toEqual(expected)
      }),
    )
  })

  it('among two sharers that wait all the time, neither is served more than the other by more than the costliest item of each', () => {
    const actions = fc.array(fc.record({ who: fc.nat(3), cost: fc.integer({ min: 1, max: 9 }), takes: fc.nat(2) }), {
      maxLength: 100,
      size: 'max',
    })
    fc.assert(
      fc.property(actions, (list) => {
        const queue = newQueue()
        const waiting = [0, 0, 0, 0]
        /** The service of each while another waited too, and the cost of its largest turn. */
        const had = waiting.map(() => waiting.map(() => 0))
        let furthest = 0
        for (const { who, cost, takes } of list) {
          queue.push({ turn: turnOf(who), cost })
          if (++waiting[who] === 1) for (const [other] of had.entries()) had[who][other] = had[other][who] = 0
          for (let take = 0; take < takes && queue.length; take++) {
            const item = queue.take()
            const served = whoIs(item)
            for (const [other] of had.entries()) {
              if (!waiting[other]) continue
              had[served][other] += item.cost
              furthest = Math.max(furthest, had[served][other] - had[other][served])
            }
            waiting[served]--
          }
        }
        expect(furthest).toBeLessThanOrEqual(9 + 9)
      }),
    )
  })

  it('a newcomer goes next, and has not saved up turns', () => {
    const queue = newQueue()
    for (let i = 0; i < 1000; i++) queue.push({ turn: turnOf(0), cost: 5 })
    for (let i = 0; i < 500; i++) queue.take()
    for (let i = 0; i < 100; i++) queue.push({ turn: turnOf(1), cost: 5 })
    const next = Array.from({ length: 200 }, () => whoIs(queue.take()))
    expect(next.slice(0, 3)).toEqual([1, 0, 1])
    expect(next.filter((who) => who === 1)).toHaveLength(100)
  })

  it('a sharer that comes back at once does not go before those with less service', () => {
    const queue = newQueue()
    for (let i = 0; i < 30; i++) queue.push({ turn: turnOf(0), cost: 1 })
    const order: number[] = []
    for (let i = 0; i < 40; i++) {
      if (i % 4 === 0) queue.push({ turn: turnOf(1), cost: 3 }) // as soon as it has been served, or later
      order.push(whoIs(queue.take()))
    }
    expect(order.join('')).toBe('0100'.repeat(10))
  })

  it('idle sharers are forgotten, even if others always wait', async () => {
    const queue = newQueue()
    const pass = (who: number) => {
      const item = { turn: { ...turnOf(who), request: { who } }, cost: 5 }
      queue.push(item)
      return new WeakRef(item.turn.request)
    }
    for (let who = -5; who < 0; who++) pass(who)
    const passed: WeakRef<object>[] = []
    for (let i = 0; i < 10_000; i++) {
      passed.push(pass(i))
      queue.take()
    }
    setFlagsFromString('--expose-gc')
    await setImmediate()
    runInNewContext('gc')()
    expect(passed.filter((request) => request.deref()).length).toBeLessThan(2500)
    expect(queue.length).toBe(5)
    while (queue.length) queue.take()
    expect(queue.first).toBeUndefined()
  })
})

describe('an item with a lower priority', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
  afterEach(() => void vi.useRealTimers())

  const item = (priority: number, request: number): Item => ({ turn: { request, priority }, cost: 1 })

  it('waits for all higher priorities at first, and takes turns with them once it has waited long', () => {
    const queue = newQueue()
    for (let i = 0; i < 4; i++) queue.push(item(0, i))
    for (let i = 4; i < 12; i++) queue.push(item(5, i))
    const priorities = (count: number) => Array.from({ length: count }, () => queue.take().turn.priority)
    expect(priorities(2)).toEqual([5, 5])
    vi.advanceTimersByTime(9000)
    expect(priorities(2)).toEqual([5, 5])
    vi.advanceTimersByTime(2000)
    expect(priorities(4)).toEqual([0, 5, 0, 5])
    queue.push(item(0, 20))
    expect(priorities(5)).toEqual([0, 5, 0, 5, 0])
  })
})

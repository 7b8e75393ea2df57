import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Amount, Backlog } from '#dist/workers/requests/backlog.js'

const amounts = fc.record({ texts: fc.integer({ min: 1, max: 9 }), characters: fc.nat(90) })
const sum = (list: readonly Amount[], of: keyof Amount) => list.reduce((total, amount) => total + amount[of], 0)
const entering = (open: Backlog, amount: Amount, isContinuation?: boolean) => () =>
  open.enter(amount, { isContinuation })

it('is refused exactly if it would exceed a limit together with other open work, and is counted right meanwhile', () => {
  const limits = fc.record(
    { texts: fc.integer({ min: 1, max: 20 }), characters: fc.integer({ min: 1, max: 200 }) },
    { requiredKeys: [] },
  )
  const action = fc.record({
    do: fc.constantFrom('enter' as const, 'enter' as const, 'leave' as const),
    amount: amounts,
    isContinuation: fc.boolean(),
    isAnswered: fc.boolean(),
    which: fc.nat(1000),
  })
  fc.assert(
    fc.property(limits, fc.array(action, { maxLength: 60, size: 'max' }), (most, list) => {
      const open = new Backlog(most)
      const inside: Amount[] = []
      for (const { do: what, amount, isContinuation, isAnswered, which } of list) {
        if (what === 'leave' && inside.length) open.leave(inside.splice(which % inside.length, 1)[0], { isAnswered })
        else if (what === 'enter') {
          const isTooMuch =
            sum([...inside, amount], 'texts') > (most.texts ?? Infinity) ||
            sum([...inside, amount], 'characters') > (most.characters ?? Infinity)
          if (inside.length && !isContinuation && isTooMuch)
            expect(entering(open, amount)).toThrow(expect.objectContaining({ code: 'ERR_BUSY' }))
          else {
            open.enter(amount, { isContinuation })
            inside.push(amount)
          }
        }
        expect(open.amount).toEqual({ texts: sum(inside, 'texts'), characters: sum(inside, 'characters') })
      }
    }),
  )
})

describe('the places of a full queue are shared by client', () => {
  const one = { texts: 1, characters: 10 }
  const large = { texts: 1000, characters: 10_000 }
  const refused = expect.objectContaining({ code: 'ERR_BUSY' })

  it('so that others find one, and the client that fills it is refused', () => {
    const open = new Backlog({ texts: 10_000, characters: 100_000 })
    for (let n = 0; n < 10; n++) open.enter(large, { client: 'a' })
    for (let n = 0; n < 4; n++) expect(() => open.enter(large, { client: 'a' })).toThrow(refused)
    for (let n = 0; n < 500; n++) open.enter(one, { client: 'b' })
    expect(() => open.enter(one, { client: 'a' })).toThrow(refused)
    expect(() => open.enter({ ...large, texts: 4501 }, { client: 'b' })).toThrow(refused)
    for (let n = 0; n < 300; n++) open.enter(one, { client: `c${n}` })
  })

  it('among those who have work there', () => {
    const open = new Backlog({ texts: 10 })
    open.enter({ texts: 10, characters: 10 }, { client: 'a' })
    open.enter({ texts: 5, characters: 5 }, { client: 'b' })
    expect(() => open.enter(one, { client: 'b' })).toThrow(refused)
    open.leave({ texts: 10, characters: 10 }, { client: 'a', isAnswered: true })
    open.enter({ texts: 5, characters: 5 }, { client: 'b' })
    open.enter({ texts: 5, characters: 5 }, { client: 'a' })
    expect(open.amount).toEqual({ texts: 15, characters: 15 })
  })
})

describe('the time after which to try again', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }))
  afterEach(() => void vi.useRealTimers())
  const refusedFor = (open: Backlog, amount: Amount): number => {
    try {
      open.enter(amount)
    } catch (error) {
      return (error as { retryAfter: number }).retryAfter
    }
    throw new Error('it was accepted')
  }

  it('is a second before anything has been answered', () => {
    const open = new Backlog({ texts: 1 })
    open.enter({ texts: 1, characters: 100 })
    vi.advanceTimersByTime(100)
    expect(refusedFor(open, { texts: 1, characters: 100 })).toBe(1000)
  })

  it('is the time for the surplus characters, at the rate of earlier answers', () => {
    const open = new Backlog({ characters: 1000 })
    open.enter({ texts: 10, characters: 1000 })
    vi.advanceTimersByTime(500)
    open.leave({ texts: 5, characters: 500 }, { isAnswered: true }) // a character in a millisecond
    expect(refusedFor(open, { texts: 1, characters: 700 })).toBe(200)
  })

  it('does not count aborted work as answered', () => {
    const open = new Backlog({ characters: 1000 })
    open.enter({ texts: 10, characters: 1500 })
    vi.advanceTimersByTime(500)
    open.leave({ texts: 5, characters: 500 }, { isAnswered: false })
    open.leave({ texts: 1, characters: 250 }, { isAnswered: true }) // half a character in a millisecond
    expect(refusedFor(open, { texts: 1, characters: 450 })).toBe(400)
  })

  it('for texts is the time for the surplus texts, at the average length of the open ones', () => {
    const open = new Backlog({ texts: 10 })
    open.enter({ texts: 20, characters: 2000 })
    vi.advanceTimersByTime(1000)
    open.leave({ texts: 10, characters: 1000 }, { isAnswered: true })
    expect(refusedFor(open, { texts: 3, characters: 3 })).toBe(300)
  })

  it('is between 50 ms and a minute', () => {
    const open = new Backlog({ characters: 1000 })
    open.enter({ texts: 10, characters: 1001 })
    vi.advanceTimersByTime(100)
    open.leave({ texts: 1, characters: 1 }, { isAnswered: true })
    expect(refusedFor(open, { texts: 1, characters: 1 })).toBe(100)
    expect(refusedFor(open, { texts: 1, characters: 1000 })).toBe(60_000)
    open.leave({ texts: 1, characters: 900 }, { isAnswered: true })
    open.enter({ texts: 1, characters: 900 })
    expect(refusedFor(open, { texts: 1, characters: 1 })).toBe(50)
  })
})

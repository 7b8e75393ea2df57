import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StepScheduler } from '#dist/engine/decode/turns/step-scheduler.js'

interface UnderWay {
  sentence: { turn: { request: unknown; client?: string } }
  rows: number
}

/** Fixed cost of a step, in rows; and the number of rows by which a sharer may be ahead of others and still step. */
const [STEP, AHEAD] = [12, 64]

const underWay = (request: unknown, rows: number, client?: string): UnderWay => ({
  sentence: { turn: { request, client } },
  rows,
})

const stepsOf = (turns: StepScheduler<UnderWay>, all: readonly UnderWay[], steps: number) =>
  Array.from({ length: steps }, () => turns.next(all))

/** The number of steps of each sentence. */
const countsOf = (all: readonly UnderWay[], steps: readonly UnderWay[][]) =>
  all.map((one) => steps.filter((chosen) => chosen.includes(one)).length)

describe.each([
  ['clients', (who: number) => ({ client: `client ${who}`, request: who })],
  ['requests of a client', (who: number) => ({ client: 'client', request: who })],
])('%s', (_, turnOf) => {
  const of = (who: number, rows: number): UnderWay => ({ sentence: { turn: turnOf(who) }, rows })

  it('among two sharers that are present all the time, neither gets more time than the other by more than the allowed lead', () => {
    const rows = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 })
    const phases = fc.array(
      fc.record({ present: fc.uniqueArray(fc.nat(4), { minLength: 1 }), rows, steps: fc.integer({ min: 1, max: 30 }) }),
      { minLength: 1, maxLength: 8 },
    )
    fc.assert(
      fc.property(phases, (list) => {
        const turns = new StepScheduler<UnderWay>()
        const everyone = [0, 1, 2, 3, 4]
        /** The service of each while another was present too. */
        const had = everyone.map(() => everyone.map(() => 0))
        let before: number[] = []
        let most = 0
        for (const { present, rows, steps } of list) {
          for (const who of everyone)
            for (const other of everyone)
              if (![who, other].every((one) => before.includes(one) && present.includes(one))) had[who][other] = 0
          before = present
          const all = present.flatMap((who) => rows.map((each) => of(who, each)))
          const own = rows.reduce((a, b) => a + b)
          most = Math.max(most, own)
          let furthest = 0
          for (let step = 0; step < steps; step++) {
            const stepping = [...new Set(turns.next(all).map(({ sentence }) => Number(sentence.turn.request)))]
            for (const who of stepping)
              for (const other of present) {
                had[who][other] += own * (1 + STEP / (own * stepping.length))
                furthest = Math.max(furthest, had[who][other] - (other === who ? Infinity : had[other][who]))
              }
          }
          expect(furthest).toBeLessThanOrEqual(2 * (AHEAD + most + STEP))
        }
      }),
      { numRuns: 50 },
    )
  })

  it('the sharer with the least service always steps', () => {
    const rows = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 2, maxLength: 6 })
    fc.assert(
      fc.property(rows, (list) => {
        const turns = new StepScheduler<UnderWay>()
        const all = list.map((own, who) => of(who, own))
        const had = list.map(() => 0)
        for (let step = 0; step < 20; step++) {
          const chosen = turns.next(all)
          const least = Math.min(...had)
          expect(chosen).toEqual(all.filter((_, who) => had[who] <= least + AHEAD))
          const perRow = 1 + STEP / chosen.reduce((sum, one) => sum + one.rows, 0)
          for (const one of chosen) had[all.indexOf(one)] += perRow * one.rows
        }
      }),
    )
  })

  it('a single sentence steps each time, or nearly, while another request has hundreds of rows', () => {
    const all = [of(0, 500), of(1, 4)]
    const [many, one] = countsOf(all, stepsOf(new StepScheduler<UnderWay>(), all, 200))
    expect(one).toBeGreaterThan(190)
    expect(many).toBeLessThan(10)
    expect(many).toBeGreaterThan(2)
  })

  it('a newcomer steps at once, and has not saved up turns', () => {
    const turns = new StepScheduler<UnderWay>()
    const old = of(0, 100)
    stepsOf(turns, [old], 100)
    const all = [old, of(1, 100)]
    const [first, ...others] = stepsOf(turns, all, 100)
    expect(first).toContain(all[1])
    const [before, after] = countsOf(all, others)
    expect(Math.abs(before - after)).toBeLessThanOrEqual(3)
  })

  it('a step without sentences does not advance the fairness clock', () => {
    const turns = new StepScheduler<UnderWay>()
    expect(turns.next([])).toEqual([])
    const all = [of(0, 500), of(1, 4)]
    expect(countsOf(all, stepsOf(turns, all, 200))[0]).toBeLessThan(10)
  })
})

it('requests of one sentence that come in every step do not make the longer ones among them wait', () => {
  const turns = new StepScheduler<UnderWay>()
  /** Sentences of 5 to 44 tokens, of which a new one begins in each step. */
  const all = new Map<number, UnderWay>()
  const left = new Map<number, number>()
  for (let step = 0; step < 400; step++) {
    all.set(step, underWay(step, 4, 'client'))
    left.set(step, 5 + ((step * 7) % 40))
    const under = [...all.values()]
    expect(turns.next(under)).toEqual(under)
    for (const key of all.keys()) {
      left.set(key, left.get(key)! - 1)
      if (left.get(key) === 0) all.delete(key)
    }
  }
})

it('a single sentence steps at once, however many others of one request are ahead and after', () => {
  const turns = new StepScheduler<UnderWay>()
  const many = underWay('many', 800)
  stepsOf(turns, [many], 3)
  stepsOf(turns, [many, underWay('one', 4)], 3)
  const late = underWay('late', 4)
  expect(turns.next([many, underWay('one', 4), late])).toContain(late)
})

it('a client gets no more of the time by having more requests', () => {
  const all = [...Array.from({ length: 9 }, (_, i) => underWay(i, 20, 'many')), underWay('alone', 20, 'one')]
  const had = { many: 0, one: 0 }
  for (const chosen of stepsOf(new StepScheduler<UnderWay>(), all, 1000)) {
    const rows = chosen.reduce((sum, one) => sum + one.rows, 0)
    for (const one of chosen) had[one.sentence.turn.client as 'many' | 'one'] += one.rows * (1 + STEP / rows)
  }
  expect(had.many / had.one).toBeCloseTo(1, 1)
})

it('all step together while they have received about as much', () => {
  const all = Array.from({ length: 10 }, (_, i) => underWay(i, 4))
  for (const chosen of stepsOf(new StepScheduler<UnderWay>(), all, 100)) expect(chosen).toEqual(all)
})

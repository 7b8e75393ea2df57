import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type GenerationOptions, generationDefaults } from '#dist/engine/decode/settings/options.js'
import { Admission, loadOf } from '#dist/engine/decode/turns/admission.js'

const ROOM = 800

interface Sentence {
  request: number
  source: readonly number[]
  options: GenerationOptions
}

const sentence = (request: number, tokens: number, options: Partial<GenerationOptions> = {}): Sentence => ({
  request,
  source: Array(tokens).fill(5),
  options: { ...generationDefaults, ...options },
})

const sum = (sentences: readonly Sentence[], of: (sentence: Sentence) => number) =>
  sentences.reduce((total, each) => total + of(each), 0)

describe('any arrivals, departures and aborts', () => {
  const sentences = fc
    .record({
      request: fc.nat(4),
      tokens: fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 200, max: 900 })),
      beams: fc.constantFrom(1, 2, 4),
    })
    .map(({ request, tokens, beams }) => sentence(request, tokens, { beams }))
  const actions = fc.array(
    fc.oneof(
      { weight: 4, arbitrary: fc.record({ do: fc.constant('add' as const), given: sentences }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('next' as const) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('leave' as const), which: fc.nat(1000) }) },
      { weight: 1, arbitrary: fc.record({ do: fc.constant('abort' as const), request: fc.nat(4) }) },
    ),
    { maxLength: 80, size: 'max' },
  )

  /** Runs the actions, and checks all counts after each of them. */
  function play(
    admission: Admission<Sentence>,
    list: Iterable<typeof actions extends fc.Arbitrary<(infer A)[]> ? A : never>,
  ) {
    let waiting: Sentence[] = []
    let live: Sentence[] = []
    for (const action of list) {
      if (action.do === 'add') {
        admission.add(action.given)
        waiting.push(action.given)
      } else if (action.do === 'next') {
        const before = live.length
        const admitted = admission.next()
        live.push(...admitted)
        waiting = waiting.filter((each) => !admitted.includes(each))
        expect(before + waiting.length === 0 || live.length > 0).toBe(true)
        if (admitted.length && live.length > 1) expect(sum(live, loadOf)).toBeLessThanOrEqual(ROOM)
      } else if (action.do === 'leave' && live.length) {
        admission.leave(live.splice(action.which % live.length, 1)[0])
      } else if (action.do === 'abort') {
        const isOf = ({ request }: Sentence) => request === action.request
        admission.drop(isOf)
        for (const each of live.filter(isOf)) admission.leave(each)
        waiting = waiting.filter((each) => !isOf(each))
        live = live.filter((each) => !isOf(each))
      }
      expect({ waiting: admission.waiting, tokens: admission.waitingTokens, filled: admission.filled }).toEqual({
        waiting: waiting.length,
        tokens: sum(waiting, ({ source }) => source.length),
        filled: sum(live, loadOf),
      })
    }
    return { waiting, live }
  }

  it('keep the counts right, and admit no more than there is room for', () => {
    fc.assert(
      fc.property(actions, (list) => void play(new Admission(ROOM), list)),
      { numRuns: 50 },
    )
  })

  it('leave nothing behind: once all have left, the next are admitted as by a new one', () => {
    fc.assert(
      fc.property(actions, fc.array(sentences, { minLength: 1, maxLength: 20 }), (past, future) => {
        const used = new Admission<Sentence>(ROOM)
        const { live } = play(used, past)
        used.drop(() => true)
        for (const each of live) used.leave(each)
        expect(used.next()).toEqual([])
        const fresh = new Admission<Sentence>(ROOM)
        for (const each of future) {
          used.add(each)
          fresh.add(each)
        }
        const staying: Sentence[] = []
        for (const _ of future) {
          const admitted = fresh.next()
          expect(used.next()).toEqual(admitted)
          staying.push(...admitted)
          const [leaving] = staying.splice(0, 1)
          used.leave(leaving)
          fresh.leave(leaving)
        }
        expect([used.waiting, used.waitingTokens, used.filled]).toEqual([0, 0, 0])
      }),
      { numRuns: 50 },
    )
  })
})

describe('the room', () => {
  it.each([
    [{ beams: 4, alternatives: 2 }, 4],
    [{ beams: 1, sample: true, alternatives: 9 }, 9],
  ])('%o: each source token takes %i places', (options, places) => {
    expect(loadOf(sentence(0, 10, options))).toBe(10 * places)
  })

  it('is for one sentence, however long it is, if nothing else is under way', () => {
    const admission = new Admission<Sentence>(ROOM)
    for (const tokens of [5000, 1]) admission.add(sentence(0, tokens))
    expect(admission.next().map(loadOf)).toEqual([5000])
    expect(admission.next()).toEqual([])
  })

  it('has a last eighth that is reserved for small requests', () => {
    const admission = new Admission<Sentence>(ROOM)
    for (let i = 0; i < 100; i++) admission.add(sentence(0, 50))
    expect(sum(admission.next(), loadOf)).toBe((7 / 8) * ROOM)
    for (let request = 1; request < 4; request++) admission.add(sentence(request, 50))
    expect(admission.next().map(({ request }) => request)).toEqual([1, 2])
    expect(admission.filled).toBe(ROOM)
  })

  it('freed by a large request is filled again once a quarter of it is free, with several sentences at once', () => {
    const admission = new Admission<Sentence>(ROOM)
    for (let i = 0; i < 100; i++) admission.add(sentence(0, 50))
    const live = admission.next()
    const admitted: number[] = []
    for (let i = 0; i < 4; i++) {
      admission.leave(live.pop()!)
      admitted.push(admission.next().length)
    }
    expect(admitted).toEqual([0, 2, 0, 2])
  })

  it('is given first to the sentence that waits for it, not to smaller ones that would fit', () => {
    const admission = new Admission<Sentence>(ROOM)
    admission.add(sentence(0, 600))
    const [first] = admission.next()
    for (const tokens of [500, 10]) admission.add(sentence(1, tokens))
    expect(admission.next()).toEqual([])
    admission.leave(first)
    expect(admission.next().map(loadOf)).toEqual([500, 10])
  })
})

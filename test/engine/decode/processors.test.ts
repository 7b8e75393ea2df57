import { describe, expect, it } from 'vitest'
import { extend, type Hypothesis, historyOf, startHypothesis } from '#dist/engine/decode/hypotheses/hypothesis.js'
import { ProcessorChain } from '#dist/engine/decode/search/processor-chain.js'
import { forcedId } from '#dist/engine/decode/search/rules.js'
import type { GenerationOptions } from '#dist/engine/decode/settings/options.js'
import { rulesOf } from './rules.ts'

const END = 0
const START = 9
const generated = (...ids: number[]) =>
  ids.reduce<Hypothesis>((parent, id) => extend(parent, id, -1), startHypothesis(START))
const rules = (options: Partial<GenerationOptions>, limit = 10) => rulesOf(options, { ends: [END], limit })

/** The edits of a row: forbidden ids, and penalties of scores. */
function edits(options: Partial<GenerationOptions>, ...ids: number[]) {
  const forbidden: number[] = []
  const penalized: [number, number][] = []
  new ProcessorChain(rules(options)).edit(generated(...ids), {
    set(id, value) {
      expect(value).toBe(-Infinity)
      forbidden.push(id)
    },
    penalize: (id, value) => penalized.push([id, value]),
    add: () => expect.unreachable(),
    raise: () => expect.unreachable(),
  })
  return { forbidden, penalized }
}

describe('the next token', () => {
  it('may be any id by default', () => {
    expect(edits({}, 1, 2, 1, 2)).toEqual({ forbidden: [], penalized: [] })
  })

  it('is not the end before minTokens', () => {
    expect(edits({ minTokens: 3 }, 1, 2).forbidden).toEqual([END])
    expect(edits({ minTokens: 3 }, 1, 2, 3).forbidden).toEqual([])
  })

  it('is not an id that would complete an n-gram again; the start counts as a token', () => {
    expect(edits({ noRepeatNgram: 1 }, 1, 2).forbidden).toEqual([START, 1, 2])
    expect(edits({ noRepeatNgram: 2 }, 1, 2, 3, 1).forbidden).toEqual([2])
    expect(edits({ noRepeatNgram: 2 }, 1, 2, 1, 3, 1).forbidden).toEqual([2, 3])
    expect(edits({ noRepeatNgram: 3 }, 1, 2, 3, 1, 2).forbidden).toEqual([3])
    expect(edits({ noRepeatNgram: 3 }, 1).forbidden).toEqual([])
    expect(edits({ noRepeatNgram: 50 }, 1, 2).forbidden).toEqual([])
  })

  it('is less likely, once, for each id of the history with a repetition penalty', () => {
    const penalized = edits({ repetitionPenalty: 1.5 }, 4, 5, 4).penalized
    expect(penalized).toEqual([
      [START, 1.5],
      [4, 1.5],
      [5, 1.5],
    ])
  })

  it('depends on all tokens of the history, including id 0; a start that is a zero vector does not count', () => {
    const ids = (start: number | null) => historyOf(extend(extend(startHypothesis(start), 0, -1), 4, -1))
    expect(ids(START)).toEqual([START, 0, 4])
    expect(ids(null)).toEqual([0, 4])
  })

  it('is not a suppressed id, everywhere or in first place', () => {
    expect(edits({ suppress: [7, 8] }, 1).forbidden).toEqual([7, 8])
    expect(edits({ suppressFirst: [5] }).forbidden).toEqual([5])
    expect(edits({ suppressFirst: [5] }, 1).forbidden).toEqual([])
    expect(edits({ suppressFirst: [5], forcedFirst: 2 }, 2).forbidden).toEqual([5])
  })

  it('has the last bias of a sequence that is listed twice, like SequenceBiasLogitsProcessor of transformers', () => {
    const sequenceBias = [
      [[4], 2.5],
      [[7, 9], -5],
      [[4], -1],
      [[7, 9], 2],
      [[5, 7, 9], 1],
    ] as const
    const scores = new Float32Array(12)
    new ProcessorChain(rules({ sequenceBias })).rescore({ generated: 3, history: [START, 3, 5, 7] }, scores)
    expect([...scores]).toEqual([0, 0, 0, 0, -1, 0, 0, 0, 0, 3, 0, 0])
  })

  it('is not the last id of a suppressed sequence after its other ids', () => {
    const suppressSequences = [
      [1, 2],
      [3, 1, 4],
    ]
    expect(edits({ suppressSequences }, 3, 1).forbidden).toEqual([2, 4])
    expect(edits({ suppressSequences }, 1).forbidden).toEqual([2])
    expect(edits({ suppressSequences }, 2).forbidden).toEqual([])
  })

  // transformers 5.24: NoBadWordsLogitsProcessor([[9, 5], [9, 1, 6]], eos_token_id=0) on input_ids [[9]], [[9, 1]] and [[9, 1, 9]]
  it('is suppressed after the start too, which is part of the history', () => {
    const suppressSequences = [
      [START, 5],
      [START, 1, 6],
    ]
    expect(edits({ suppressSequences }).forbidden).toEqual([5])
    expect(edits({ suppressSequences }, 1).forbidden).toEqual([6])
    expect(edits({ suppressSequences }, 1, START).forbidden).toEqual([5])
  })

  it('is the forced id, in first place and at the limit', () => {
    const forced = rules({ forcedFirst: 6, forcedLast: END }, 3)
    expect(forcedId(forced, generated())).toBe(6)
    expect(forcedId(forced, generated(6))).toBeNull()
    expect(forcedId(forced, generated(6, 1))).toBe(END)
    expect(forcedId(rules({ forcedFirst: 6, forcedLast: END }, 1), generated())).toBe(END)
  })
})

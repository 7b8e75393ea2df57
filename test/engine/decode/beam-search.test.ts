import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { extend, type Hypothesis, startHypothesis, tokensOf } from '#dist/engine/decode/hypotheses/hypothesis.js'
import { BeamSearch } from '#dist/engine/decode/search/beam-search.js'
import { GreedySearch } from '#dist/engine/decode/search/greedy-search.js'
import { Ranking } from '#dist/engine/decode/search/ranking.js'
import type { Search } from '#dist/engine/decode/search/search.js'
import type { GenerationOptions } from '#dist/engine/decode/settings/options.js'
import { rulesOf as sharedRules } from './rules.ts'

/**
 * A model whose scores depend on the position and the last token: log-probabilities [position, last token, next token].
 */
type Table = number[][][]
const VOCABULARY = 4
const END = 0
const START = VOCABULARY
const LIMIT = 5

/** Random tables from a seed, so that no two sentences have the same score. */
const table: fc.Arbitrary<Table> = fc.integer().map((seed) => {
  const random = mulberry32(seed)
  return Array.from({ length: LIMIT }, () => Array.from({ length: VOCABULARY + 1 }, () => distribution(random)))
})

function distribution(random: () => number): number[] {
  const row = Array.from({ length: VOCABULARY }, () => 6 * random())
  const sum = row.reduce((total, x) => total + Math.exp(x), 0)
  return row.map((x) => Math.fround(x - Math.log(sum)))
}

function mulberry32(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let x = Math.imul(state ^ (state >>> 15), state | 1)
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Result {
  ids: number[]
  score: number
}

/** Runs a search against a table. */
function play(model: Table, search: Search): Result[] {
  while (search.live.length) {
    const perRow = Math.min(search.width, VOCABULARY)
    const ids = new Int32Array(search.live.length * perRow)
    const scores = new Float32Array(ids.length)
    search.live.forEach(({ id, length }, row) => {
      const next = model[length][id]
      const best = [...next.keys()].sort((a, b) => next[b] - next[a]).slice(0, perRow)
      best.forEach((token, i) => {
        ids[row * perRow + i] = token
        scores[row * perRow + i] = next[token]
      })
    })
    search.advance({ perRow, ids, scores }, 0)
  }
  return search.finished.map(({ hypothesis, score }) => ({ ids: tokensOf(hypothesis).ids, score }))
}

const rulesOf = (options: Partial<GenerationOptions>) => sharedRules(options, { ends: [END], limit: LIMIT })
const beamSearch = (model: Table, options: Partial<GenerationOptions>) =>
  play(model, new BeamSearch(rulesOf(options), startHypothesis(START)))

const gnmt = (alpha: number) => (sum: number, length: number) => sum / ((5 + length) / 6) ** alpha
const power = (alpha: number) => (sum: number, length: number) => sum / length ** alpha
type Score = (sum: number, length: number) => number
const bestFirst = (a: Result, b: Result) => b.score - a.score

/** Every sentence of at most LIMIT tokens, the end included, best first. */
function everySentence(model: Table, score: Score): Result[] {
  const all: Result[] = []
  const grow = (ids: number[], sum: number) =>
    model[ids.length][ids.at(-1) ?? START].forEach((logProbability, id) => {
      const longer = [...ids, id]
      const total = sum + logProbability
      if (id === END) all.push({ ids: longer, score: score(total, longer.length) })
      else if (longer.length < LIMIT) grow(longer, total)
    })
  grow([], 0)
  return all.sort(bestFirst)
}

/**
 * Beam search that never stops early. Sentences may end among the first `ending` continuations; hypotheses without an
 * end at the limit are results (`cut`) or not.
 */
function exhaustive(model: Table, beams: number, score: Score, { ending, cut }: { ending: number; cut: boolean }) {
  let live: { ids: number[]; sum: number }[] = [{ ids: [], sum: 0 }]
  const finished: Result[] = []
  for (let length = 1; length <= LIMIT; length++) {
    const all = live.flatMap(({ ids, sum }) =>
      model[length - 1][ids.at(-1) ?? START].map((logProbability, id) => ({
        ids: [...ids, id],
        sum: sum + logProbability,
      })),
    )
    const ranked = all.sort((a, b) => b.sum - a.sum).slice(0, 2 * beams)
    const ends = ({ ids }: { ids: number[] }) => ids.at(-1) === END || (cut && length === LIMIT)
    const results = ranked.slice(0, ending).filter(ends)
    finished.push(...results.map(({ ids, sum }) => ({ ids, score: score(sum, length) })))
    live = ranked.filter((hypothesis) => !ends(hypothesis)).slice(0, beams)
  }
  return finished.sort(bestFirst).slice(0, beams)
}

function expectSame(found: Result[], expected: Result[]): void {
  expect(found.map(({ ids }) => ids)).toEqual(expected.map(({ ids }) => ids))
  found.forEach(({ score }, i) => expect(score).toBeCloseTo(expected[i].score, 9))
}

const beams = fc.integer({ min: 1, max: 4 })
const alphas = fc.constantFrom(0, 0.6, 1, 2)

it.each([
  ['greedy search', GreedySearch],
  ['beam search', BeamSearch],
] as const)('%s gives no tokens, with score 0, where every token is forbidden', (_, Strategy) => {
  const forbidden = Array.from({ length: LIMIT }, () => Array(VOCABULARY + 1).fill(Array(VOCABULARY).fill(-Infinity)))
  for (const lengthPenaltyForm of ['power', 'gnmt'] as const)
    expect(play(forbidden, new Strategy(rulesOf({ lengthPenaltyForm }), startHypothesis(START)))).toEqual([
      { ids: [], score: 0 },
    ])
})

it('beam search returns the finished hypotheses if every token is forbidden to the others', () => {
  const search = new BeamSearch(rulesOf({ beams: 2 }), startHypothesis(START))
  search.advance({ perRow: 2, ids: Int32Array.of(END, 1), scores: Float32Array.of(-1, -2) }, 0)
  search.advance({ perRow: 2, ids: Int32Array.of(END, 1), scores: Float32Array.of(-Infinity, -Infinity) }, 0)
  expect(search.live).toEqual([])
  expect(search.finished.map(({ hypothesis }) => tokensOf(hypothesis).ids)).toEqual([[END]])
})

describe('among equal sums', () => {
  /** Two hypotheses, 1 and 2, both with the sum −1; then each has an end, and others that tie. */
  const tied = (options: Partial<GenerationOptions>) => {
    const search = new BeamSearch(rulesOf({ beams: 2, ...options }), startHypothesis(START))
    search.advance({ perRow: 4, ids: Int32Array.of(1, 2, 3, END), scores: Float32Array.of(-1, -1, -2, -9) }, 0)
    const scores = Float32Array.of(-1, -2, -2, -9, -1, -2, -2, -9)
    search.advance({ perRow: 4, ids: Int32Array.of(END, 1, 2, 3, END, 1, 2, 3), scores }, 0)
    return search
  }

  it('the continuations of the better hypothesis survive', () => {
    const { live } = tied({ earlyStopping: 'never', lengthPenalty: 2 })
    expect(live.map((hypothesis) => tokensOf(hypothesis).ids)).toEqual([
      [1, 1],
      [1, 2],
    ])
  })

  it('the search is over if the best live hypothesis can only tie', () => {
    const search = new BeamSearch(rulesOf({ beams: 1, lengthPenalty: 0 }), startHypothesis(START))
    search.advance({ perRow: 2, ids: Int32Array.of(END, 1), scores: Float32Array.of(-1, -1) }, 0)
    expect(search.live).toEqual([])
  })
})

describe("Tensor2Tensor's beam search (lengthPenaltyForm: 'gnmt')", () => {
  it('with room for every sentence finds the best of all sentences', () => {
    fc.assert(
      fc.property(table, alphas, (model, lengthPenalty) => {
        const found = beamSearch(model, { beams: 256, lengthPenalty, lengthPenaltyForm: 'gnmt' })
        expect(found.length).toBeGreaterThan(0)
        expectSame(found, everySentence(model, gnmt(lengthPenalty)).slice(0, found.length))
      }),
      { numRuns: 200 },
    )
  })

  it('stops only when continuing would change nothing', () => {
    fc.assert(
      fc.property(table, beams, alphas, (model, beams, lengthPenalty) => {
        const found = beamSearch(model, { beams, lengthPenalty, lengthPenaltyForm: 'gnmt' })
        const whole = exhaustive(model, beams, gnmt(lengthPenalty), { ending: 2 * beams, cut: false })
        if (whole.length) expectSame(found, whole.slice(0, Math.max(1, found.length)))
      }),
      { numRuns: 500 },
    )
  })

  it('does stop early', () => {
    const ends = Math.log(0.97)
    const other = Math.log(0.01)
    const search = new BeamSearch(rulesOf({ beams: 1, lengthPenaltyForm: 'gnmt' }), startHypothesis(START))
    const candidates = { perRow: 2, ids: Int32Array.of(END, 1), scores: Float32Array.of(ends, other) }
    search.advance(candidates, 0)
    expect(search.live).toEqual([])
  })

  it('returns its live hypotheses at the limit if none has finished', () => {
    const endless = Array.from({ length: LIMIT }, () =>
      Array.from({ length: VOCABULARY + 1 }, () => [-Infinity, -1, -2, -3]),
    )
    const found = beamSearch(endless, { beams: 2, lengthPenalty: 1, lengthPenaltyForm: 'gnmt' })
    expectSame(found, [
      { ids: [1, 1, 1, 1, 1], score: gnmt(1)(-5, LIMIT) },
      { ids: [1, 1, 1, 1, 2], score: gnmt(1)(-6, LIMIT) },
    ])
  })
})

describe("Hugging Face's beam search (lengthPenaltyForm: 'power')", () => {
  it("with earlyStopping 'never' stops only when continuing would change nothing", () => {
    fc.assert(
      fc.property(table, beams, fc.constantFrom(-1, 0, 0.6, 1, 2), (model, beams, lengthPenalty) => {
        const found = beamSearch(model, { beams, lengthPenalty, earlyStopping: 'never' })
        expectSame(found, exhaustive(model, beams, power(lengthPenalty), { ending: beams, cut: true }))
      }),
      { numRuns: 500 },
    )
  })

  it('with earlyStopping true stops as soon as it has as many sentences as beams', () => {
    fc.assert(
      fc.property(table, beams, (model, beams) => {
        const search = new BeamSearch(rulesOf({ beams, earlyStopping: true }), startHypothesis(START))
        const found = play(model, search)
        expect(found).toHaveLength(beams)
        const longest = Math.max(...found.map(({ ids }) => ids.length))
        const atTheEnd = found.filter(({ ids }) => ids.length === longest)
        expect(found.length - atTheEnd.length).toBeLessThan(beams)
      }),
    )
  })

  it('with one beam finds the same as greedy search', () => {
    fc.assert(
      fc.property(table, (model) => {
        const greedy = play(model, new GreedySearch(rulesOf({ beams: 1 }), startHypothesis(START)))
        expectSame(beamSearch(model, { beams: 1 }), greedy)
      }),
    )
  })
})

describe('with many beams', () => {
  const WORDS = 900

  /** Candidates of a row as the model returns them: best first, −∞ last; integers, so that many sums are equal. */
  const rowOf = (random: () => number, best: number) =>
    Array.from({ length: WORDS }, (_, id) => ({ id, score: -Math.floor(best + 400 * random() ** 2) }))
      .map((word) => (random() < 0.05 ? { ...word, score: -Infinity } : word))
      .sort((a, b) => b.score - a.score || a.id - b.id)

  /** Candidates of a model without any preference. */
  const smooth = (random: () => number) =>
    Array.from({ length: WORDS }, (_, id) => ({ id, score: -4 * random() })).sort((a, b) => b.score - a.score)

  /** Every continuation of every hypothesis, sorted. */
  function ranked(live: readonly Hypothesis[], rows: ReturnType<typeof rowOf>[], count: number) {
    const all = live.flatMap((parent, row) =>
      rows[row].map(({ id, score }, place) => ({ parent, id, score, sum: parent.sum + score, row, place })),
    )
    return all
      .filter(({ score }) => score > -Infinity)
      .sort((a, b) => b.sum - a.sum || a.row - b.row || a.place - b.place)
      .slice(0, count)
      .map(({ parent, id, score }) => ({ parent, id, score }))
  }

  it.each([
    ['each hypothesis has a few of the best', () => 0],
    ['the best hypothesis has nearly all of them', (row: number) => (row ? 300 : 0)],
    ['the last hypothesis has nearly all of them', (row: number, live: number) => (row < live - 1 ? 300 : 0)],
    ['all hypotheses have the same', () => 400],
  ])('ranks as if it saw all continuations, where %s', (_, bestOf) => {
    const random = mulberry32(3)
    for (const beams of [2, 40, 150]) {
      const ranking = new Ranking(rulesOf({ beams }))
      const start = startHypothesis(START)
      const live = Array.from({ length: beams }, (_, i) => extend(start, i, -i / 8))
      const rows = live.map((_, row) => rowOf(random, bestOf(row, beams)))
      for (const parents of [live, live.slice(0, 1), live]) {
        let found = null
        for (let again = 0; !found; again++) {
          expect(again).toBeLessThan(5)
          const perRow = Math.min(ranking.widthFor(parents.length), WORDS)
          const seen = rows.slice(0, parents.length).flatMap((row) => row.slice(0, perRow))
          const ids = Int32Array.from(seen, ({ id }) => id)
          const scores = Float32Array.from(seen, ({ score }) => score)
          found = ranking.rank(parents, { perRow, ids, scores }, 0)
        }
        expect(found).toEqual(ranked(parents, rows, 2 * beams))
      }
    }
  })

  it('considers a number of candidates that grows with the beams, not with their square', () => {
    const seen = [100, 400].map((beams) => {
      const random = mulberry32(5)
      const search = new BeamSearch(rulesOf({ beams, maxTokens: 4 }), startHypothesis(START))
      let count = 0
      while (search.live.length) {
        const perRow = Math.min(search.width, WORDS)
        count += perRow * search.live.length
        const rows = search.live.flatMap(() => smooth(random).slice(0, perRow))
        search.advance(
          { perRow, ids: Int32Array.from(rows, ({ id }) => id), scores: Float32Array.from(rows, ({ score }) => score) },
          0,
        )
      }
      return count
    })
    expect(seen[1] / seen[0]).toBeLessThan(6)
  })

  it('keeps the best of many that end, and among equal ones the earlier', () => {
    const beams = 200
    const search = new BeamSearch(
      rulesOf({ beams, lengthPenaltyForm: 'gnmt', lengthPenalty: 0 }),
      startHypothesis(START),
    )
    const ids = Int32Array.from({ length: 2 * beams }, (_, i) => i + 1)
    search.advance({ perRow: 2 * beams, ids, scores: Float32Array.from(ids, (i) => -Math.floor(i / 7)) }, 0)
    const { live } = search
    const ends = live.flatMap(() => [END])
    search.advance({ perRow: 1, ids: Int32Array.from(ends), scores: Float32Array.from(ends, () => -1) }, 0)
    expect(search.finished.map(({ hypothesis }) => hypothesis.parent)).toEqual(live)
  })
})

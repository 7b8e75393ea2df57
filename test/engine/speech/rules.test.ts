import { describe, expect, it } from 'vitest'
import { allowedAfter, type Times, timesRule } from '#dist/engine/decode/processors/times.js'
import type { SpeechIds } from '#dist/engine/model/speech-ids.js'
import { align } from '#dist/engine/speech/align.js'
import { withoutRepetition } from '#dist/engine/speech/repetition.js'
import { segmentsOf } from '#dist/engine/speech/segments.js'
import { warped } from '#dist/engine/speech/time-warping.js'

/** Text below 10, the end 10, no times 19, times from 20 on. */
const times: Times = { first: 20, end: 40, endOfText: 10, are: 'rule', latestFirst: 5 }
const ids = { end: 10, firstTime: 20 } as SpeechIds

describe('times in a transcript', () => {
  it.each([
    ['begin it, up to the latest', [], { text: 20, from: 20, to: 26 }],
    ['may come or not after text', [20, 3], { text: 0, from: 21, to: 40 }],
    ['are followed by a time or the end after text', [20, 3, 25], { text: 10, from: 25, to: 40 }],
    ['are followed by text as a pair', [20, 3, 25, 25], { text: 0, from: 40, to: 40 }],
    ['are followed by text at the begin', [22], { text: 0, from: 40, to: 40 }],
    ['grow where a segment has opened', [20, 3, 25, 27, 4], { text: 0, from: 28, to: 40 }],
  ])('%s', (_, generated, allowed) => {
    expect(allowedAfter(times, generated)).toEqual(allowed)
  })

  it('forbid text where they are likelier together than the likeliest text', () => {
    const scores = new Float32Array(41)
    scores[3] = 1
    scores[19] = 50
    const may = (given: Float32Array) => {
      const own = given.slice()
      timesRule(times)(own, { history: [15, 20, 4], generated: 2 })
      return [own[3], own[19], own[30], own[40]].map((score) => score > -Infinity)
    }
    expect(may(scores)).toEqual([false, false, true, false]) // 19 times of 1 are more than e
    scores[3] = 4
    expect(may(scores)).toEqual([true, false, true, false]) // and less than e⁴
  })

  it('come nowhere where there are to be none', () => {
    const scores = new Float32Array(41).fill(1)
    timesRule({ ...times, are: 'none' })(scores, { history: [15], generated: 0 })
    expect(Array.from(scores, (score) => score > -Infinity)).toEqual(Array.from(scores, (_, id) => id < 19))
  })
})

describe('segments', () => {
  it('stand between times, and the next window begins where the last one ended', () => {
    expect(segmentsOf([20, 1, 2, 25, 25, 3, 30, 30, 4], 3000, ids)).toEqual({
      segments: [
        { start: 0, end: 0.1, tokens: [20, 1, 2, 25] },
        { start: 0.1, end: 0.2, tokens: [25, 3, 30] },
      ],
      advance: 20,
      endsInTime: false,
    })
  })

  it('are the whole window where no pair of times is in it', () => {
    // A prefix has its own time: what follows it begins the window.
    expect(segmentsOf([1, 2, 25, 25, 3, 30, 30, 4], 3000, ids).segments).toEqual([
      { start: 0, end: 0.1, tokens: [1, 2, 25] },
      { start: 0.1, end: 0.2, tokens: [25, 3, 30] },
    ])
    expect(segmentsOf([20, 1, 2], 1000, ids)).toMatchObject({ segments: [{ start: 0, end: 10 }], advance: 1000 })
    expect(segmentsOf([20, 1, 30], 1000, ids)).toMatchObject({ segments: [{ start: 0, end: 0.2 }], advance: 1000 })
  })

  it('leave nothing open where a single time ends the transcript', () => {
    expect(segmentsOf([20, 1, 25, 25, 2, 30], 1000, ids)).toMatchObject({ advance: 1000, endsInTime: true })
  })
})

it('a run that is repeated again and again stands once, with the last time after it', () => {
  const isText = (id: number) => id < 10
  expect(withoutRepetition([20, 1, 2, 25, 25, 1, 2, 28, 28, 1, 2, 30, 30, 1, 2, 33], isText)).toEqual([20, 1, 2, 33])
  expect(withoutRepetition([20, 1, 2, 25, 25, 1, 2, 28], isText)).toEqual([20, 1, 2, 25, 25, 1, 2, 28])
  expect(withoutRepetition([5, 7, 7, 7, 7, 7, 7, 8, 9], isText)).toEqual([5, 7, 8, 9])
})

describe('time warping', () => {
  /** The least sum over all paths, by trying them. */
  const least = (costs: number[][], i = 0, j = 0): number => {
    const rest: number[] = []
    if (i + 1 < costs.length) rest.push(least(costs, i + 1, j))
    if (j + 1 < costs[0].length) rest.push(least(costs, i, j + 1))
    if (i + 1 < costs.length && j + 1 < costs[0].length) rest.push(least(costs, i + 1, j + 1))
    return costs[i][j] + (rest.length ? Math.min(...rest) : 0)
  }

  it('finds the path of the least sum, in steps of one', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const [rows, columns] = [1 + (seed % 4), 1 + (seed % 6)]
      const values = Float64Array.from({ length: rows * columns }, (_, i) => Math.sin(seed * 12.9 + i * 78.2) * 3)
      const path = warped(values, rows, columns)
      let sum = 0
      path.rows.forEach((row, i) => {
        sum += values[row * columns + path.columns[i]]
        if (i === 0) return
        const step = [row - path.rows[i - 1], path.columns[i] - path.columns[i - 1]]
        expect([0, 1]).toContain(step[0])
        expect([0, 1]).toContain(step[1])
      })
      const all = Array.from({ length: rows }, (_, r) => [...values.subarray(r * columns, (r + 1) * columns)])
      expect(sum).toBeCloseTo(least(all), 5)
      expect([path.rows.at(-1), path.columns.at(-1)]).toEqual([rows - 1, columns - 1])
    }
  })
})

it('tokens are spoken where the model looks', () => {
  // Five tokens are read (start, no times, two of text, the end); each looks at ten states of its own.
  const [tokens, states, heads] = [5, 40, 2]
  const weights = new Float32Array(tokens * states * heads)
  for (let t = 0; t < tokens; t++)
    for (let s = 0; s < states; s++)
      for (let head = 0; head < heads; head++)
        weights[(t * states + s) * heads + head] =
          head === 1 && Math.floor(s / 10) === Math.min(3, t - 1) ? 0.09 : 0.002
  const recalled = { logits: new Float32Array(tokens * 12), weights: [weights], heads, states }
  const { times: found, probabilities } = align(
    recalled,
    [[0, 1]],
    { tokens: [11, 12, 3, 4, 10], begin: 1, endOfText: 10 },
    80,
  )
  expect(found[0]).toBe(0)
  expect(found[1]).toBeCloseTo(0.2, 1)
  expect(found[2]).toBeCloseTo(0.4, 1)
  expect(probabilities).toHaveLength(2)
  for (const probability of probabilities) expect(probability).toBeCloseTo(0.1, 5)
})

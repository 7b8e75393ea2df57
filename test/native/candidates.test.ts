import { describe, expect, it } from 'vitest'
import { opTable } from '#dist/engine/program/op-table.js'
import { nativeBackends, nativeReasons } from '../backends.ts'
import { playCase } from '../engine/program/play-case.ts'
import { type OpCase, Random, whole } from '../engine/program/random-operands.ts'
import { makePlayer } from './tiny-program.ts'

const candidates = opTable.get('candidates')!
const [ROWS, WIDTH, VOCABULARY, BEST] = [5, 40, 5003, 8]
const random = new Random(1)
const x = random.floats(ROWS * WIDTH)
const weight = random.floats(VOCABULARY * WIDTH)

/** Rows [from, to), each with edits at both ends and in the middle of the vocabulary. */
function candidatesOf(from: number, to: number, normalize: string): OpCase {
  const rows = Array.from({ length: to - from }, (_, row) => row)
  const edits = rows.flatMap((row) => [
    [row, 0, 0],
    [row, 2500 + from + row, 1],
    [row, VOCABULARY - 1, 0],
    [row, 0, 1],
  ])
  return {
    symbols: { R: rows.length, E: edits.length, C: rows.length * BEST },
    inputs: {
      x: whole('R', WIDTH, x.slice(from * WIDTH, to * WIDTH)),
      weight: whole(VOCABULARY, WIDTH, weight),
      bias: null,
      edits: whole('E', 3, Int32Array.from(edits.flat())),
      values: whole('E', 1, Float32Array.from(rows.flatMap(() => [7, 1.5, -Infinity, 1.25]))),
    },
    attributes: { normalize, scale: 0.7 },
  }
}

describe.skipIf(nativeReasons.length)('the best of a vocabulary of many tiles', () => {
  const isas = [...new Set(nativeBackends.map(({ make }) => make().info.isa))]

  it.each(isas)('%s: the same bits with any number of threads, for a row alone and among others', (isa) => {
    for (const normalize of ['before', 'after', 'both']) {
      const [one, two] = [1, 2].map((threads) => {
        const player = makePlayer({ threads, isa })
        const together = playCase(player, candidates, candidatesOf(0, ROWS, normalize)).arrays
        const alone = Array.from(
          { length: ROWS },
          (_, row) => playCase(player, candidates, candidatesOf(row, row + 1, normalize)).arrays,
        )
        player.close()
        for (const name of ['scores', 'ids'])
          expect(alone.flatMap((arrays) => [...arrays[name]])).toEqual([...together[name]])
        return together
      })
      expect(two).toEqual(one)
    }
  })

  // Small integers: sums are exact, and many are equal.
  const orders: Record<string, (id: number) => number> = {
    'in no order': () => random.integer(-20, 20),
    'all the same': () => 3,
    'ascending by id': (id) => id,
    'hardly any that is possible': (id) => (id % 1000 ? -Infinity : id),
  }

  describe.each(Object.entries(orders))('%s', (_, logitOf) => {
    const logits = Array.from({ length: VOCABULARY }, (_, id) => logitOf(id))

    it.each(isas)('%s: the highest scores, and among equal ones the lower ids', (isa) => {
      for (const threads of [1, 2]) {
        const player = makePlayer({ threads, isa })
        for (const k of [1, 2, 8, 16, 17, 40, 700, 4000, VOCABULARY]) {
          const { ids } = playCase(player, candidates, bestOf(logits, k)).arrays
          expect([...ids]).toEqual([...highest(logits, k), ...highest(logits, k)])
        }
        player.close()
      }
    })
  })

  // So much work that each thread has two parts, and takes the rest of the other thread's parts from the end.
  it.each(isas)('%s: among equal scores the lower ids, in whichever order threads reach them', (isa) => {
    const equals = [2000, 2700, 3000, 4000, 4500]
    const player = makePlayer({ threads: 2, isa })
    const logits = Array.from({ length: VOCABULARY }, (_, id) => (equals.includes(id) ? 7 : id % 5))
    const { arrays, again } = playCase(player, candidates, bestOf(logits, 2, 320))
    for (let i = 0; i < 200; i++) {
      again({})
      expect([...arrays.ids]).toEqual([2000, 2700, 2000, 2700])
    }
    player.close()
  })
})

/** The weight's first column is `logits` [VOCABULARY], others are 0; the second of two rows has twice the logits. */
function bestOf(logits: readonly number[], k: number, width = 1): OpCase {
  const weight = new Float32Array(VOCABULARY * width)
  for (const [id, logit] of logits.entries()) weight[id * width] = logit
  const none = { edits: whole('E', 3, new Int32Array(0)), values: whole('E', 1, new Float32Array(0)) }
  return {
    symbols: { R: 2, E: 0, C: 2 * k },
    inputs: {
      x: whole(
        'R',
        width,
        Float32Array.from({ length: 2 * width }, (_, i) => 1 + Math.floor(i / width)),
      ),
      weight: whole(VOCABULARY, width, weight),
      bias: null,
      ...none,
    },
    attributes: { normalize: 'after', scale: 1 },
  }
}

const highest = (logits: readonly number[], k: number) =>
  logits
    .map((_, id) => id)
    .sort((a, b) => (logits[a] === logits[b] ? a - b : logits[b] - logits[a]))
    .slice(0, k)

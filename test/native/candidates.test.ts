import { describe, expect, it } from 'vitest'
import { candidates } from '#dist/program/ops/candidates.js'
import { nativeBackends, nativeReasons } from '../backends.ts'
import { playCase } from '../program/play-case.ts'
import { type OpCase, Random, whole } from '../program/random-operands.ts'
import { makePlayer } from './tiny-program.ts'

const [ROWS, WIDTH, VOCABULARY, BEST] = [5, 40, 5003, 8]
const random = new Random(1)
const x = random.floats(ROWS * WIDTH)
const weight = random.floats(VOCABULARY * WIDTH)

/** Rows [from, to), each with edits at both ends and in the middle of the vocabulary. */
function candidatesOf(from: number, to: number, normalise: string): OpCase {
  const rows = Array.from({ length: to - from }, (_, row) => row)
  const edits = rows.flatMap((row) => [
    [row, 0, 2],
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
    attributes: { normalise, scale: 0.7 },
  }
}

describe.skipIf(nativeReasons.length)('the best of a vocabulary of many tiles', () => {
  const isas = [...new Set(nativeBackends.map(({ make }) => make().info.isa))]

  it.each(isas)('%s: the same bits with any number of threads, for a row alone and among others', (isa) => {
    for (const normalise of ['before', 'after', 'both']) {
      const [one, two] = [1, 2].map((threads) => {
        const player = makePlayer({ threads, isa })
        const together = playCase(player, candidates.row, candidatesOf(0, ROWS, normalise)).arrays
        const alone = Array.from(
          { length: ROWS },
          (_, row) => playCase(player, candidates.row, candidatesOf(row, row + 1, normalise)).arrays,
        )
        player.close()
        for (const name of ['scores', 'ids'])
          expect(alone.flatMap((arrays) => [...arrays[name]])).toEqual([...together[name]])
        return together
      })
      expect(two).toEqual(one)
    }
  })
})

import { describe, expect, it } from 'vitest'
import type { Encoding, Player, TensorArray, WeightStore } from '#dist/engine/backend/interface/backend.js'
import { copyListed, listedWidth } from '#dist/engine/backend/interface/listed.js'
import { packedViews } from '#dist/engine/backend/interface/packed.js'
import { flopsOf } from '#dist/engine/program/listing.js'
import { LoadedProgram } from '#dist/engine/program/loaded.js'
import { candidates } from '#dist/engine/program/ops/candidates.js'
import { listedCandidates } from '#dist/engine/program/ops/listed-candidates.js'
import { Program } from '#dist/engine/program/program.js'
import { backends } from '../../backends.ts'
import { encodedStore } from './encoded-store.ts'
import { Random } from './random-operands.ts'

const [ROWS, WIDTH, VOCABULARY, BEST] = [5, 40, 1300, 6]
const random = new Random(5)
const x = random.floats(ROWS * WIDTH)
const weight = { rows: VOCABULARY, width: WIDTH, values: random.floats(VOCABULARY * WIDTH) }
const bias = random.floats(VOCABULARY)
const attributes = { normalize: 'both', scale: 0.7 } as const
/** Three ids, one of them edited twice. */
const edits = {
  edits: Int32Array.from([0, 3, 1, 0, 900, 0, 3, 3, 1, 3, 3, 1]),
  values: Float32Array.from([1.5, -Infinity, 1.25, 0.5]),
}

interface Best {
  scores: Float32Array
  ids: Int32Array
}

function play(player: Player, p: Program, symbols: object, arrays: Record<string, TensorArray>): Best {
  const best = { scores: new Float32Array(ROWS * BEST), ids: new Int32Array(ROWS * BEST) }
  const rows = { R: ROWS, E: edits.values.length, C: ROWS * BEST, ...symbols }
  new LoadedProgram(player, p).play(rows, { x, bias, ...edits, ...arrays, ...best })
  return best
}

const operands = (p: Program) => ({
  x: p.input('x', 'R', WIDTH),
  weight: p.weight('weight'),
  bias: p.input('bias', 1, VOCABULARY),
  edits: p.input('edits', 'E', 3, 'int32'),
  values: p.input('values', 'E', 1),
})

function finish(p: Program, [scores, ids]: ReturnType<typeof candidates>): Program {
  p.output(scores, 'scores')
  p.output(ids, 'ids')
  return p
}

function ofAll(player: Player, encoding: Encoding): Best {
  const store = encodedStore(encoding, { weight })
  const p = new Program('candidates', store)
  return play(player, finish(p, candidates(p, operands(p), attributes)), {}, {})
}

function listedProgram(store: WeightStore, width: number): Program {
  const p = new Program('listedCandidates', store)
  const lists = {
    listed: p.input('listed', 'L', width),
    listedIds: p.input('listedIds', 'L', 1, 'int32'),
    lists: p.input('lists', 'B', 2, 'int32'),
    queries: p.input('queries', 'B', 2, 'int32'),
  }
  return finish(p, listedCandidates(p, { ...operands(p), ...lists }, attributes))
}

/** Rows 0 and 1 are a sentence with the list `first`, the others one with `second`. */
function ofLists(player: Player, encoding: Encoding, first: number[], second: number[]): Best {
  const store = encodedStore(encoding, { weight })
  const width = listedWidth(encoding, WIDTH)
  const begin = Math.ceil(first.length / 16) * 16
  const L = begin + Math.ceil(second.length / 16) * 16
  const listed = new Float32Array(L * width)
  const place = store.place('weight')
  const matrix = { data: store.values, stride: WIDTH, ...place, packed: packedViews(store.values, place) }
  copyListed(matrix, first, listed, 0)
  copyListed(matrix, second, listed, begin)
  const listedIds = new Int32Array(L)
  listedIds.set(first)
  listedIds.set(second, begin)
  return play(
    player,
    listedProgram(store, width),
    { L, B: 2 },
    {
      listed,
      listedIds,
      lists: Int32Array.from([0, first.length, begin, begin + second.length]),
      queries: Int32Array.from([0, 2, 2, 5]),
    },
  )
}

const all = Array.from({ length: VOCABULARY }, (_, id) => id)

it('costs a product for each pair of a row and an id of its list', () => {
  const [instruction] = listedProgram(encodedStore('float32', { weight }), WIDTH).instructions
  const arrays = {
    edits: edits.edits,
    listedIds: new Int32Array(48),
    lists: Int32Array.from([0, 10, 16, 46]),
    queries: Int32Array.from([0, 2, 2, 5]),
  }
  const rows = { R: ROWS, E: 4, L: 48, B: 2 }
  expect(flopsOf(instruction, { rows, arrays })).toBe((2 * 10 + 3 * 30) * (2 * WIDTH + 5))
})

describe.each(backends)('$name', ({ make }) => {
  it.each(['float32', 'float32panels', 'bfloat16', 'int8', 'int4'] as const)(
    'lists of the whole vocabulary change nothing, in %s',
    (encoding) => {
      const player = make()
      const expected = ofAll(player, encoding)
      const { scores, ids } = ofLists(player, encoding, all, all)
      player.close()
      expect(ids).toEqual(expected.ids)
      if (encoding === 'int8' || encoding === 'int4') expect(scores).toEqual(expected.scores)
      else for (let i = 0; i < scores.length; i++) expect(scores[i]).toBeCloseTo(expected.scores[i], 4)
    },
  )

  it.each(['float32', 'float32panels', 'bfloat16', 'int8', 'int4'] as const)(
    'a sentence has the same bits beside another list, in %s',
    (encoding) => {
      const player = make()
      const odd = all.filter((id) => id % 2)
      const few = [3, 17, 900]
      const one = ofLists(player, encoding, odd, few)
      const other = ofLists(player, encoding, odd, all)
      player.close()
      for (const name of ['scores', 'ids'] as const)
        expect(one[name].subarray(0, 2 * BEST)).toEqual(other[name].subarray(0, 2 * BEST))
      expect(one.ids.subarray(0, 2 * BEST).every((id) => id % 2)).toBe(true)
      const third = Array.from(one.ids.subarray(2 * BEST, 3 * BEST))
      expect(third.slice(0, 3).sort((a, b) => a - b)).toEqual(few)
      expect(third.slice(3)).toEqual([-1, -1, -1])
      expect(Array.from(one.scores.subarray(2 * BEST + 3, 3 * BEST))).toEqual([-Infinity, -Infinity, -Infinity])
      const sum = one.scores.subarray(2 * BEST, 2 * BEST + 3).reduce((total, score) => total + Math.exp(score), 0)
      expect(sum).toBeCloseTo(1, 5)
    },
  )
})

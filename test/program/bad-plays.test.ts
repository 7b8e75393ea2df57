import { describe, expect, it } from 'vitest'
import type { TensorArray } from '#dist/backend/backend.js'
import { JsPlayer } from '#dist/backend/js/player.js'
import { LoadedProgram } from '#dist/program/loaded.js'
import { candidates } from '#dist/program/ops/candidates.js'
import { Program } from '#dist/program/program.js'
import { refusal, type TinyCall, tinyCall, tinyProgram, tinyWeights } from '../native/tiny-program.ts'

// What the native backend refuses: test/native/bad-plays.test.ts.
describe('JavaScript refuses a play with ERR_SHAPE, and nothing has been written', () => {
  const store = tinyWeights()
  const spec = tinyProgram(store)
  const playable = new JsPlayer().load(spec, store)

  const bind = (call: TinyCall, name: string, array: unknown) => {
    call.arrays[spec.bindings.findIndex((binding) => binding.name === name)] = array as TensorArray
  }
  const rowsOf = (call: TinyCall, symbol: string, value: number) => {
    call.rows[spec.symbols.indexOf(symbol)] = value
  }

  const table: [what: string, damage: (call: TinyCall) => void, message: RegExp][] = [
    ['too few rows', (c) => (c.rows = c.rows.subarray(1)), /rows are given for 3 symbols, it has S, B/],
    ['negative rows', (c) => rowsOf(c, 'S', -1), /S cannot be -1/],
    ['half a row', (c) => rowsOf(c, 'S', 1.5), /S cannot be 1.5/],
    ['too few arrays', (c) => c.arrays.pop(), /7 arrays are given, 8 are bound/],
    ['an array of another type', (c) => bind(c, 'tokens', new Float32Array(15)), /tokens must be an Int32Array/],
    ['no array at all', (c) => bind(c, 'normed', null), /normed must be a Float32Array/],
    ['a short array', (c) => bind(c, 'scores', new Float32Array(44)), /scores has 44 values, 45 are needed/],
    ['a token past the vocabulary', (c) => (c.array('tokens')[4] = 50), /embed: token 50 at row 4/],
    ['a token below −1', (c) => (c.array('tokens')[4] = -2), /token -2 at row 4 is outside \[-1, 50\)/],
    ['a position past the table', (c) => (c.array('at')[0] = 700), /position 700 at row 0 is outside \[0, 700\)/],
    ['a span that ends before it begins', (c) => (c.array('sentences')[1] = -3), /queries \[0, -3\) at row 0/],
    [
      'a span past the rows',
      (c) => (c.array('sentences')[5] = 16),
      /queries \[10, 16\) at row 2 is no span of 15 rows/,
    ],
    ['queries with a gap', (c) => (c.array('sentences')[2] = 6), /queries at row 1 begin at 6, not at 5/],
    ['queries that leave a row out', (c) => (c.array('sentences')[5] = 14), /queries cover 14 of 15 rows/],
    ['candidates for a part of the rows', (c) => rowsOf(c, 'C', 44), /C is 44: not 1 to 50 for each of 15 rows/],
    ['no candidate', (c) => rowsOf(c, 'C', 0), /C is 0: not 1 to 50/],
    ['an edit of a row that is not there', (c) => (c.array('edits')[3] = 15), /row 15 at row 1 is outside \[0, 15\)/],
    ['an edit of an id that is not there', (c) => (c.array('edits')[4] = -1), /id -1 at row 1 is outside \[0, 50\)/],
    ['an edit of no kind', (c) => (c.array('edits')[5] = 3), /kind 3 at row 1 is outside \[0, 3\)/],
    ['edits that do not ascend', (c) => (c.array('edits')[0] = 2), /edits must ascend by row, edit 1 does not/],
  ]
  it.each(table)('%s', (_, damage, message) => {
    const call = tinyCall(spec, 3, 5)
    damage(call)
    expect(refusal(() => playable.play(call.rows, call.arrays))).toEqual({
      code: 'ERR_SHAPE',
      message: expect.stringMatching(message),
    })
    for (const name of ['normed', 'scores', 'ids']) expect(call.array(name).every((value) => value === 77)).toBe(true)
  })
})

describe('a player in JavaScript', () => {
  const store = tinyWeights()

  it('plays no more when it has been closed', () => {
    const player = new JsPlayer()
    const spec = tinyProgram(store)
    const playable = player.load(spec, store)
    const call = tinyCall(spec, 3, 5)
    playable.play(call.rows, call.arrays)
    player.close()
    expect(refusal(() => playable.play(call.rows, call.arrays)).code).toBe('ERR_CLOSED')
  })

  it('ranks scores that are no numbers last, and of equals the lower id first', () => {
    const p = new Program('best')
    const weight = p.input('weight', 5, 1)
    const none = { edits: p.input('edits', 'E', 3, 'i32'), values: p.input('values', 'E', 1) }
    const inputs = { x: p.input('x', 'R', 1), weight, ...none }
    const [scores, ids] = candidates(p, inputs, { normalise: 'after', scale: 1 })
    p.output(scores, 'scores')
    p.output(ids, 'ids')
    const found = new Int32Array(5)
    new LoadedProgram(new JsPlayer(), p).play(
      { R: 1, E: 0, C: 5 },
      {
        weight: Float32Array.of(1, Number.NaN, 3, Number.NaN, 3),
        ...{ edits: new Int32Array(0), values: new Float32Array(0), x: Float32Array.of(1) },
        ...{ scores: new Float32Array(5), ids: found },
      },
    )
    expect([...found]).toEqual([2, 4, 0, 1, 3])
  })
})

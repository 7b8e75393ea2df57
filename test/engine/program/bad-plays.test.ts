import { describe, expect, it } from 'vitest'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { LoadedProgram } from '#dist/engine/program/loaded.js'
import { candidates } from '#dist/engine/program/ops/candidates.js'
import { Program } from '#dist/engine/program/program.js'
import { damagedCalls } from '../../native/damaged-calls.ts'
import { refusal, tinyCall, tinyProgram, tinyWeights } from '../../native/tiny-program.ts'

// Refusals of the native backend are in test/native/bad-plays.test.ts.
describe('JavaScript refuses a run with ERR_SHAPE, and nothing has been written', () => {
  const store = tinyWeights()
  const spec = tinyProgram(store)
  const playable = new JsPlayer().load(spec, store)

  it.each(damagedCalls(spec))('%s', (_, damage, message) => {
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

  it('refuses runs after it has been closed', () => {
    const player = new JsPlayer()
    const spec = tinyProgram(store)
    const playable = player.load(spec, store)
    const call = tinyCall(spec, 3, 5)
    playable.play(call.rows, call.arrays)
    player.close()
    expect(refusal(() => playable.play(call.rows, call.arrays)).code).toBe('ERR_CLOSED')
  })

  it('ranks NaN scores last, and among equal scores the lower id first', () => {
    const p = new Program('best')
    const weight = p.input('weight', 5, 1)
    const none = { edits: p.input('edits', 'E', 3, 'int32'), values: p.input('values', 'E', 1) }
    const inputs = { x: p.input('x', 'R', 1), weight, ...none }
    const [scores, ids] = candidates(p, inputs, { normalize: 'after', scale: 1 })
    p.output(scores, 'scores')
    p.output(ids, 'ids')
    const found = new Int32Array(5)
    new LoadedProgram(new JsPlayer(), p).play(
      { R: 1, E: 0, C: 5 },
      {
        weight: Float32Array.of(1, Number.NaN, 3, Number.NaN, 3),
        edits: new Int32Array(0),
        values: new Float32Array(0),
        x: Float32Array.of(1),
        scores: new Float32Array(5),
        ids: found,
      },
    )
    expect([...found]).toEqual([2, 4, 0, 1, 3])
  })
})

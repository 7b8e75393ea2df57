import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ProgramSpec } from '#dist/engine/backend/interface/backend.js'
import type { WasmPlayer } from '#dist/engine/backend/wasm/player.js'
import { makeWasmPlayer, wasmBackends } from '../backends.ts'
import { damagedCalls } from '../native/damaged-calls.ts'
import { type Damages, damage, damages } from '../native/damaged-programs.ts'
import { refusal, tinyCall, tinyProgram, tinyWeights } from '../native/tiny-program.ts'
import { casesOf } from '../share.ts'

const store = tinyWeights()
const spec = tinyProgram(store)
const fresh = (): ProgramSpec => JSON.parse(JSON.stringify(spec))

describe.skipIf(!wasmBackends.length)('WebAssembly refuses', () => {
  let player: WasmPlayer
  beforeAll(() => {
    player = makeWasmPlayer()
  })
  afterAll(() => player?.close())

  it.each(damagedCalls(spec))('%s, writes nothing and goes on', (_, change, message) => {
    const call = tinyCall(spec, 3, 5)
    const playable = player.load(spec, store)
    change(call)
    const refused = refusal(() => playable.play(call.rows, call.arrays))
    expect(refused).toMatchObject({ code: 'ERR_SHAPE', message: expect.stringMatching(message) })
    for (const name of ['normed', 'scores', 'ids']) expect(call.array(name).every((value) => value === 77)).toBe(true)
    const right = tinyCall(spec, 3, 5)
    playable.play(right.rows, right.arrays)
    expect(right.array('normed').includes(77)).toBe(false)
  })

  it.each<[what: string, change: (spec: ProgramSpec) => void, message: RegExp]>([
    ['an unknown op', (s) => (s.instructions[2].op = 'fourier'), /instruction 2 \(fourier\): there is no such op/],
    ['a tensor that is not there', (s) => (s.instructions[0].inputs[1].tensor = 99), /input tokens is no tensor/],
    ['a missing attribute', (s) => s.instructions[1].attributes.pop(), /a wrong number of attributes/],
    ['an offset that is no integer', (s) => (s.tensors[0].offset = 0.5), /offset must be an integer, not 0.5/],
    ['an unknown kind', (s) => (s.tensors[0].kind = 'else' as never), /cannot be of kind 'else'/],
    ['a region too few', (s) => s.regions.pop(), /one region for each symbol/],
    ['what is no list', (s) => (s.tensors = {} as never), /tensors must be an array/],
    ['what is no text', (s) => (s.name = 5 as never), /name must be a string/],
  ])('a program with %s', (_, change, message) => {
    const damaged = fresh()
    change(damaged)
    expect(refusal(() => player.load(damaged, store))).toMatchObject({
      code: 'ERR_SHAPE',
      message: expect.stringMatching(message),
    })
  })

  it('any damage with a code, or plays it without harm', () => {
    const playDamaged = (list: Damages) => {
      const damaged = fresh()
      damage(damaged, list)
      const call = tinyCall(spec, 3, 5)
      try {
        player.load(damaged, store).play(call.rows, call.arrays)
      } catch (error) {
        expect(['ERR_SHAPE', 'ERR_MEMORY']).toContain((error as { code: string }).code)
      }
    }
    fc.assert(fc.property(damages, playDamaged), { numRuns: casesOf(600) })
  })
})

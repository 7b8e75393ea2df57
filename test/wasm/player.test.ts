import { setTimeout as later } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import type { ProgramSpec, TensorArray } from '#dist/engine/backend/interface/backend.js'
import type { StartThread } from '#dist/engine/backend/interface/wasm-surface.js'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { startThread } from '#dist/engine/backend/wasm/node/open-home.js'
import type { WasmPlayer } from '#dist/engine/backend/wasm/player.js'
import { makeWasmPlayer, wasmBackends } from '../backends.ts'
import { refusal, type TinyCall, tinyCall, tinyProgram, tinyWeights } from '../native/tiny-program.ts'

const store = tinyWeights()
const spec: ProgramSpec = tinyProgram(store)
const OUTPUTS = ['normed', 'scores', 'ids']
const PAGE = 65536

const open: WasmPlayer[] = []
afterEach(() => {
  for (const player of open.splice(0)) player.close()
})
function make(options: Parameters<typeof makeWasmPlayer>[0] = {}): WasmPlayer {
  const player = makeWasmPlayer(options)
  open.push(player)
  return player
}

const outputsOf = (call: TinyCall) => OUTPUTS.map((name) => call.array(name).slice())

function play(player: WasmPlayer, call = tinyCall(spec, 3, 5)) {
  player.load(spec, store).play(call.rows, call.arrays)
  return outputsOf(call)
}

const sizeOf = ({ home: { memory } }: WasmPlayer) => {
  memory.grow(0)
  return memory.buffer.byteLength
}

describe.skipIf(!wasmBackends.length)(
  'a player of WebAssembly (skipped unless npm run prebuilds -- --only wasm)',
  () => {
    it('computes the same for weights and arrays in any memory', () => {
      const player = make()
      const expected = play(player)
      const values = player.packing.store(store.values.length)
      values.set(store.values)
      const call = tinyCall(spec, 3, 5)
      const inside = call.arrays.map((array) => {
        const dtype = array instanceof Int32Array ? 'int32' : 'float32'
        const copy = player.array(dtype, array.length)
        copy.set(array)
        return copy as TensorArray
      })
      player.load(spec, { ...store, values }).play(call.rows, inside)
      const found = OUTPUTS.map((name) => inside[spec.bindings.findIndex((binding) => binding.name === name)].slice())
      expect(found).toEqual(expected)
      expect(outputsOf(call).every((array) => array.every((value) => value === 77))).toBe(true)
    })

    it('agrees with JavaScript', () => {
      const [scores, ofJs] = [make(), new JsPlayer()].map((player) => {
        const call = tinyCall(spec, 7, 9)
        player.load(spec, store).play(call.rows, call.arrays)
        return outputsOf(call)
      })
      expect(scores[2]).toEqual(ofJs[2])
      ofJs[1].forEach((value, i) => expect(Math.abs(scores[1][i] - value)).toBeLessThan(1e-4))
    })

    it('reads weights anew at each play, and writes nothing behind the outputs', () => {
      const player = make()
      const values = store.values.slice()
      const playable = player.load(spec, { ...store, values })
      const call = tinyCall(spec, 3, 5)
      const at = spec.bindings.findIndex(({ name }) => name === 'normed')
      const longer = new Float32Array(15 * 24 + 5).fill(9)
      call.arrays[at] = longer
      playable.play(call.rows, call.arrays)
      const before = longer.slice()
      expect([...before.subarray(15 * 24)]).toEqual([9, 9, 9, 9, 9])
      values.fill(0)
      playable.play(call.rows, call.arrays)
      expect(longer).not.toEqual(before)
    })

    it('takes two names of one memory for one', () => {
      const player = make()
      const whole = new Float32Array(15 * 24 + 45)
      const call = tinyCall(spec, 3, 5)
      const bind = (name: string, array: TensorArray) => {
        call.arrays[spec.bindings.findIndex((binding) => binding.name === name)] = array
      }
      bind('normed', whole.subarray(0, 15 * 24))
      bind('scores', whole.subarray(15 * 24))
      player.load(spec, store).play(call.rows, call.arrays)
      const [normed, scores] = play(player)
      expect(whole.subarray(0, 15 * 24)).toEqual(normed)
      expect(whole.subarray(15 * 24)).toEqual(scores)
    })

    it('has threads that join plays, compute the same bits and end with it', async () => {
      let [started, ended] = [0, 0]
      const counting: StartThread = (start, whenEnded) => {
        started++
        startThread(start, () => {
          ended++
          whenEnded()
        })
      }
      let share = 1
      const player = make({ threads: 2, threadShare: () => share, startThread: counting })
      const big = () => tinyCall(spec, 30, 9)
      const expected = play(player, big())
      expect(started).toBe(0)
      share = 2
      expect(play(player, big())).toEqual(expected)
      for (let i = 0; i < 500 && player.threadsOfLastPlay < 2; i++) {
        await later(10)
        expect(play(player, big())).toEqual(expected)
      }
      expect(player.threadsOfLastPlay).toBe(2)
      for (let i = 0; i < 20; i++) expect(play(player, big())).toEqual(expected)
      player.close()
      for (let i = 0; i < 500 && ended < 1; i++) await later(10)
      expect([started, ended]).toEqual([1, 1])
    })

    it('plays alone where no thread can be started, and says so', () => {
      const player = make({
        threads: 2,
        startThread: () => {
          throw new Error('not here')
        },
      })
      expect(refusal(() => play(player))).toEqual({
        code: 'ERR_MEMORY',
        message: 'no thread could be made: fewer workers or threads need fewer',
      })
    })

    it('closes while its threads are being started', async () => {
      for (let i = 0; i < 3; i++) {
        const player = make({ threads: 2 })
        play(player)
        player.close()
      }
      await later(300)
    })

    it('grows the memory, and earlier arrays stay where they are', () => {
      const player = make()
      const first = player.array('float32', 1000).fill(3)
      const before = sizeOf(player)
      const large = player.array('float32', 5_000_000)
      expect(sizeOf(player)).toBeGreaterThan(before)
      expect([first.every((value) => value === 3), large.every((value) => value === 0)]).toEqual([true, true])
      const call = tinyCall(spec, 3, 5)
      const at = spec.bindings.findIndex(({ name }) => name === 'normed')
      const normed = player.array('float32', 15 * 24)
      call.arrays[at] = normed
      player.load(spec, store).play(call.rows, call.arrays)
      expect(normed.slice()).toEqual(play(player)[0])
    })

    it('refuses arrays beyond 4 GiB', () => {
      const player = make()
      for (const length of [2 ** 29, 2 ** 30, 2 ** 50])
        for (const array of [() => player.array('float32', length), () => player.packing.store(2 * length)])
          expect(refusal(array).code).toBe('ERR_MEMORY')
      const call = tinyCall(spec, 3, 5)
      expect(
        refusal(() =>
          player
            .load({ ...spec, regions: [...spec.regions.slice(0, -1), 2 ** 31] }, store)
            .play(call.rows, call.arrays),
        ).code,
      ).toBe('ERR_MEMORY')
    })

    it('leaves no memory after when players of one home are closed', () => {
      const first = make()
      const round = () => {
        const player = make({ home: first.home })
        player.array('float32', 100_000)
        play(player, tinyCall(spec, 40, 9))
        player.close()
      }
      for (let i = 0; i < 5; i++) round()
      const size = sizeOf(first)
      for (let i = 0; i < 200; i++) round()
      expect(sizeOf(first)).toBe(size)
    })

    it('leaves little memory after when plays and programs are refused', () => {
      const player = make()
      const playable = player.load(spec, store)
      const call = tinyCall(spec, 3, 5)
      call.array('tokens')[4] = 50
      const bad = { ...spec, regions: spec.regions.slice(1) }
      const refuse = () => {
        expect(refusal(() => playable.play(call.rows, call.arrays)).code).toBe('ERR_SHAPE')
        expect(refusal(() => player.load(bad, store)).code).toBe('ERR_SHAPE')
      }
      refuse()
      const size = sizeOf(player)
      for (let i = 0; i < 1000; i++) refuse()
      expect(sizeOf(player) - size).toBeLessThanOrEqual(8 * PAGE)
    })

    it('measures each instruction', () => {
      const times = new Float64Array(spec.instructions.length).fill(-1)
      const call = tinyCall(spec, 3, 5)
      make().load(spec, store).play(call.rows, call.arrays, times)
      expect(times.every((seconds) => seconds >= 0 && seconds < 10)).toBe(true)
    })

    it('cannot be used once it is closed', () => {
      const player = make()
      const playable = player.load(spec, store)
      player.close()
      player.close()
      const call = tinyCall(spec, 3, 5)
      for (const use of [
        () => playable.play(call.rows, call.arrays),
        () => player.load(spec, store),
        () => player.array('float32', 1),
      ])
        expect(refusal(use).code).toBe('ERR_CLOSED')
    })
  },
)

import { describe, expect, it } from 'vitest'
import { nativeReasons } from '../backends.ts'
import { makePlayer, refusal, tinyCall, tinyProgram, tinyWeights } from './tiny-program.ts'

describe.skipIf(nativeReasons.length)('weights', () => {
  it('and arrays may lie in a SharedArrayBuffer', () => {
    const [own, shared] = [ArrayBuffer, SharedArrayBuffer].map((Buffer) => {
      const store = tinyWeights(Buffer)
      const spec = tinyProgram(store)
      const call = tinyCall(spec, 4, 6)
      const arrays = call.arrays.map((array) => {
        const copy = new (array.constructor as typeof Float32Array)(new Buffer(array.byteLength) as ArrayBuffer)
        copy.set(array)
        return copy
      })
      const player = makePlayer()
      player.load(spec, store).play(call.rows, arrays)
      player.close()
      return arrays
    })
    expect(shared.map((array) => [...array])).toEqual(own.map((array) => [...array]))
  })

  it('are kept alive while a program uses them', async () => {
    const player = makePlayer()
    const spec = tinyProgram(tinyWeights())
    const playable = player.load(spec, tinyWeights())
    const first = tinyCall(spec, 4, 6)
    playable.play(first.rows, first.arrays)
    // So much garbage that the weights would have been collected and their memory reused.
    for (let i = 0; i < 200; i++) {
      new Float32Array(1 << 18).fill(i)
      if (i % 20 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    const second = tinyCall(spec, 4, 6)
    playable.play(second.rows, second.arrays)
    expect(second.arrays).toEqual(first.arrays)
    player.close()
  })

  it('that were transferred away are reported as missing, not read', () => {
    const store = tinyWeights()
    const spec = tinyProgram(store)
    const player = makePlayer()
    const playable = player.load(spec, store)
    structuredClone(store.values.buffer, { transfer: [store.values.buffer as ArrayBuffer] })
    const call = tinyCall(spec, 4, 6)
    const { code, message } = refusal(() => playable.play(call.rows, call.arrays))
    expect(code).toBe('ERR_SHAPE')
    expect(message).toContain('tiny: its weights are gone')
    player.close()
  })
})

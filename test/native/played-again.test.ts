import { afterAll, describe, expect, it } from 'vitest'
import type { Playable, TensorArray } from '#dist/engine/backend/interface/backend.js'
import { embed } from '#dist/engine/program/ops/embed.js'
import { writeCache } from '#dist/engine/program/ops/write-cache.js'
import { Program } from '#dist/engine/program/program.js'
import { nativeReasons } from '../backends.ts'
import { makePlayer, refusal, tinyCall, tinyProgram, tinyWeights } from './tiny-program.ts'

const outputs = ['normed', 'scores', 'ids']

describe.skipIf(nativeReasons.length)('a run does not depend on the previous one', () => {
  const store = tinyWeights()
  const spec = tinyProgram(store)
  const player = nativeReasons.length ? null : makePlayer()
  const playable = player?.load(spec, store) as Playable
  afterAll(() => player?.close())
  const at = (name: string) => spec.bindings.findIndex((binding) => binding.name === name)

  /** The result of a call with a new player. */
  function expected(sentences: number, length: number, best: number): TensorArray[] {
    const fresh = makePlayer()
    const call = tinyCall(spec, sentences, length, best)
    fresh.load(spec, store).play(call.rows, call.arrays)
    fresh.close()
    return outputs.map(call.array)
  }

  it('whatever rows and arrays change, with refusals and another program in between', () => {
    const second = tinyWeights()
    second.values.forEach((value, i) => {
      second.values[i] = -value
    })
    const other = player!.load(tinyProgram(second), second)
    const sizes = [
      [3, 5, 3],
      [3, 5, 4],
      [5, 3, 4],
      [1, 15, 3],
      [7, 90, 3],
      [2, 1, 1],
      [7, 90, 3],
      [7, 90, 3],
    ]
    for (const [sentences, length, best] of sizes) {
      const wanted = expected(sentences, length, best)
      for (let again = 0; again < 2; again++) {
        const call = tinyCall(spec, sentences, length, best)
        playable.play(call.rows, call.arrays)
        expect(outputs.map(call.array)).toEqual(wanted)
        const larger = tinyCall(spec, 2 * sentences, length)
        other.play(larger.rows, larger.arrays)
        if (!again) continue
        const refused = tinyCall(spec, 2 * sentences, length + 1)
        refused.array('tokens')[0] = 50
        expect(refusal(() => playable.play(refused.rows, refused.arrays)).code).toBe('ERR_SHAPE')
      }
    }
  })

  it('arrays that stay and have other values', () => {
    const call = tinyCall(spec, 3, 5)
    playable.play(call.rows, call.arrays)
    call.array('tokens').fill(7)
    const like = tinyCall(spec, 3, 5)
    like.array('tokens').fill(7)
    playable.play(call.rows, call.arrays)
    const fresh = makePlayer()
    fresh.load(spec, store).play(like.rows, like.arrays)
    fresh.close()
    for (const name of outputs) expect(call.array(name)).toEqual(like.array(name))
    call.array('tokens')[14] = 50
    expect(refusal(() => playable.play(call.rows, call.arrays)).message).toMatch(/token 50 at row 14/)
  })

  it.each(['tokens', 'values', 'normed', 'ids'])('%s that is transferred away after a run is missed', (name) => {
    const call = tinyCall(spec, 3, 5)
    playable.play(call.rows, call.arrays)
    const { buffer } = call.array(name)
    structuredClone(buffer, { transfer: [buffer as ArrayBuffer] })
    const refused = refusal(() => playable.play(call.rows, call.arrays))
    expect(refused).toMatchObject({ code: 'ERR_SHAPE', message: expect.stringContaining(`${name} has 0 values`) })
  })

  it.each(['tokens', 'values', 'normed', 'ids'])('%s whose buffer shrinks and grows', (name) => {
    const call = tinyCall(spec, 3, 5)
    const whole = call.array(name)
    const { byteLength } = whole
    const buffer = new ArrayBuffer(byteLength, { maxByteLength: 1 << 16 })
    const array = new (whole.constructor as new (buffer: ArrayBuffer) => TensorArray)(buffer)
    array.set(whole)
    call.arrays[at(name)] = array
    const play = () => refusal(() => playable.play(call.rows, call.arrays))
    expect(play().code).toBe('nothing was thrown')
    buffer.resize(byteLength - 4)
    expect(play()).toMatchObject({
      code: 'ERR_SHAPE',
      message: expect.stringMatching(/has \d+ values, \d+ are needed/),
    })
    buffer.resize(1 << 16)
    expect(play().code).toBe('nothing was thrown')
  })
})

describe.skipIf(nativeReasons.length)('instructions with the same integers', () => {
  const place = (rows: number, offset: number) => ({ offset, rows, width: 4, encoding: 'float32' as const })
  const places: Record<string, ReturnType<typeof place>> = { long: place(50, 0), short: place(40, 200) }
  const store = { values: new Float32Array(400), place: (name: string) => places[name] }

  it('are each checked against tables of their own length', () => {
    const p = new Program('tables', store)
    const tokens = p.input('tokens', 'S', 1, 'int32')
    for (const name of ['long', 'short', 'long'])
      p.output(embed(p, { table: p.weight(name), tokens }, { scale: 1, positionOffset: 0 })[0], name)
    const player = makePlayer()
    const playable = player.load(p.compile(), store)
    const arrays = (token: number) => [Int32Array.of(token), ...[1, 2, 3].map(() => new Float32Array(4))]
    playable.play(Float64Array.of(1), arrays(39))
    expect(refusal(() => playable.play(Float64Array.of(1), arrays(40))).message).toMatch(
      /instruction 1 \(embed\): token 40/,
    )
    expect(refusal(() => playable.play(Float64Array.of(1), arrays(50))).message).toMatch(
      /instruction 0 \(embed\): token 50/,
    )
    player.close()
  })

  it('are each checked against caches of their own rows, with the present number of rows', () => {
    const p = new Program('caches')
    const x = p.input('x', 'S', 4)
    const slots = p.input('slots', 'S', 2, 'int32')
    const columns = slots.columns(2)
    writeCache(p, { x, slots: columns[0], cache: p.input('first', 'K', 4) })
    writeCache(p, { x, slots: columns[0], cache: p.input('second', 'M', 4) })
    writeCache(p, { x, slots: columns[1], cache: p.input('third', 'K', 4) })
    const spec = p.compile()
    const player = makePlayer()
    const playable = player.load(spec, { values: new Float32Array(0), place: store.place })
    const play = (count: { K: number; M: number }, ...slots: number[]) => {
      const rows = Float64Array.from(spec.symbols, (symbol) => (symbol === 'S' ? 1 : count[symbol as 'K' | 'M']))
      const caches = [1, 2, 3].map(() => new Float32Array(400))
      return refusal(() => playable.play(rows, [new Float32Array(4), Int32Array.from(slots), ...caches])).message
    }
    expect(play({ K: 9, M: 9 }, 8, 8)).toBe('')
    expect(play({ K: 9, M: 8 }, 8, 8)).toMatch(/instruction 1 \(writeCache\): slot 8 at row 0 is outside \[0, 8\)/)
    expect(play({ K: 8, M: 9 }, 8, 7)).toMatch(/instruction 0 \(writeCache\): slot 8 at row 0 is outside \[0, 8\)/)
    expect(play({ K: 8, M: 8 }, 7, 8)).toMatch(/instruction 2 \(writeCache\): slot 8 at row 0 is outside \[0, 8\)/)
    expect(play({ K: 9, M: 9 }, 8, 8)).toBe('')
    player.close()
  })
})

import { afterAll, describe, expect, it } from 'vitest'
import { type AddonPlayer, loadAddon } from '#dist/engine/backend/native/addon.js'
import { nativeReasons } from '../backends.ts'
import { bind, type Damage, damagedCalls, rowsOf } from './damaged-calls.ts'
import { makePlayer, ops, refusal, tinyCall, tinyProgram, tinyWeights } from './tiny-program.ts'

describe.skipIf(nativeReasons.length)('a run is refused with ERR_SHAPE, and nothing has been written', () => {
  const store = tinyWeights()
  const spec = tinyProgram(store)
  const player = nativeReasons.length ? null : makePlayer()
  const playable = player?.load(spec, store)
  afterAll(() => player?.close())

  // Node.js 24 has these; its first versions have no name for them in Node-API.
  const Halves = (globalThis as { Float16Array?: new (length: number) => never }).Float16Array
  const floats16: Damage[] = Halves
    ? [['half floats', (c) => bind(spec, c, 'normed', new Halves(360)), /normed must be a Float32Array/]]
    : []
  const table: Damage[] = [
    ...damagedCalls(spec),
    ['rows that are no number', (c) => rowsOf(spec, c, 'S', NaN), /S cannot be -?nan/],
    ['more rows than memory', (c) => rowsOf(spec, c, 'S', 2 ** 31 - 1), /tokens has 15 values, 2147483647 are needed/],
    ['more rows than integers', (c) => rowsOf(spec, c, 'S', 2 ** 60), /S cannot be/],
    ['doubles', (c) => bind(spec, c, 'normed', new Float64Array(360)), /normed must be a Float32Array/],
    ...floats16,
    [
      'an array without memory',
      (c) => bind(spec, c, 'normed', transferred(360)),
      /normed has 0 values, 360 are needed/,
    ],
  ]
  it.each(table)('%s', (_, damage, message) => {
    const call = tinyCall(spec, 3, 5)
    damage(call)
    const refused = refusal(() => playable!.play(call.rows, call.arrays))
    expect(refused.message).toMatch(message)
    expect(refused.message).toMatch(/^tiny[:,]/)
    expect(refused.code).toBe('ERR_SHAPE')
    for (const name of ['normed', 'scores', 'ids']) expect(call.array(name).every((value) => value === 77)).toBe(true)
  })

  it('rows that are not doubles, or were transferred away', () => {
    const call = tinyCall(spec, 3, 5)
    const gone = call.rows.slice()
    structuredClone(gone.buffer, { transfer: [gone.buffer] })
    for (const rows of [
      [...call.rows],
      Float32Array.from(call.rows),
      gone,
      new DataView(new ArrayBuffer(32)),
      15,
      null,
    ])
      expect(refusal(() => playable!.play(rows as never, call.arrays)).code).toBe('ERR_SHAPE')
    expect(call.array('normed').every((value) => value === 77)).toBe(true)
  })

  it('times without a place for each instruction', () => {
    const call = tinyCall(spec, 3, 5)
    for (const times of [new Float64Array(5), new Float32Array(6), [], 6])
      expect(refusal(() => playable!.play(call.rows, call.arrays, times as never)).code).toBe('ERR_SHAPE')
    const times = new Float64Array(6).fill(-1)
    playable!.play(call.rows, call.arrays, times)
    expect(times.every((seconds) => seconds >= 0)).toBe(true)
  })

  it('a program that does not exist, and more threads than the player has', () => {
    const one: AddonPlayer = new (loadAddon(ops).addon.Player)({ threads: 1 })
    const { rows, arrays } = tinyCall(spec, 3, 5)
    const id = one.compile(spec, store.values)
    const play = (program: unknown, threads: unknown) =>
      refusal(() => one.play(program as number, rows, threads as number, undefined, ...arrays))
    for (const program of [id + 1, -1, 0.5, Number.NaN, '0', undefined])
      expect(play(program, 1)).toEqual({ code: 'ERR_SHAPE', message: 'there is no such program' })
    for (const threads of [0, 2, 0.5, 1.5, Number.NaN, '1', undefined])
      expect(play(id, threads)).toEqual({ code: 'ERR_OPTION', message: 'a play runs on 1 to 1 threads' })
    expect(play(id, 1).code).toBe('nothing was thrown')
    one.close()
  })

  it('runs after refusals', () => {
    const call = tinyCall(spec, 3, 5)
    playable!.play(call.rows, call.arrays)
    expect(call.array('normed').every((value) => value !== 77 && Number.isFinite(value))).toBe(true)
  })

  it('an arena that no machine has memory for: with ERR_MEMORY, and the player stays usable', () => {
    for (const floats of [2 ** 31, 2 ** 36, 2 ** 40, 2 ** 50]) {
      const large = { ...spec, regions: spec.regions.map((size, i) => (spec.symbols[i] === 'S' ? floats : size)) }
      const call = tinyCall(spec, 3, 5)
      const refused = refusal(() => player!.load(large, store).play(call.rows, call.arrays))
      // 2^31 floats for each of 15 rows are 160 GB: a machine may have that much.
      if (refused.code === 'nothing was thrown') continue
      expect(refused).toMatchObject({
        code: 'ERR_MEMORY',
        message: expect.stringMatching(/no memory for|larger than any memory/),
      })
      expect(call.array('normed').every((value) => value === 77)).toBe(true)
    }
    const call = tinyCall(spec, 3, 5)
    playable!.play(call.rows, call.arrays)
    expect(call.array('normed').includes(77)).toBe(false)
  })

  it('an arena whose size no integer holds: with ERR_MEMORY', () => {
    const large = { ...spec, symbols: [...spec.symbols, 'Z'], regions: spec.regions.toSpliced(-1, 0, 2 ** 50) }
    const call = tinyCall(large, 3, 5)
    call.rows[large.symbols.indexOf('Z')] = 2 ** 31 - 1
    expect(refusal(() => player!.load(large, store).play(call.rows, call.arrays))).toEqual({
      code: 'ERR_MEMORY',
      message: 'tiny: the arena would be larger than any memory',
    })
  })

  it('does nothing for no rows', () => {
    const call = tinyCall(spec, 0, 5)
    rowsOf(spec, call, 'E', 0)
    expect(refusal(() => playable!.play(call.rows, call.arrays)).code).toBe('nothing was thrown')
  })

  it('NaN and infinities in weights and inputs: the program runs, and the best ids are still ids', () => {
    const broken = tinyWeights()
    broken.values.forEach((_, i) => {
      broken.values[i] = i % 3 ? NaN : i % 2 ? Infinity : -Infinity
    })
    const call = tinyCall(spec, 3, 5, 50)
    player!.load(tinyProgram(broken), broken).play(call.rows, call.arrays)
    const ids = call.array('ids')
    for (let row = 0; row < 15; row++)
      expect([...ids.slice(row * 50, row * 50 + 50)].toSorted((a, b) => a - b)).toEqual([...Array(50).keys()])
  })

  it('an output bound over the array of the indices: indices are read before anything is written', () => {
    const call = tinyCall(spec, 3, 5)
    const expected = tinyCall(spec, 3, 5)
    playable!.play(expected.rows, expected.arrays)
    const memory = new ArrayBuffer(360 * 4)
    new Int32Array(memory).set(call.array('edits'))
    // `normed` is written before `edits` are applied.
    bind(spec, call, 'edits', new Int32Array(memory))
    bind(spec, call, 'normed', new Float32Array(memory))
    playable!.play(call.rows, call.arrays)
    expect(call.array('ids')).toEqual(expected.array('ids'))
  })
})

function transferred(length: number): Float32Array {
  const array = new Float32Array(length)
  structuredClone(array.buffer, { transfer: [array.buffer] })
  return array
}

import { expect, it } from 'vitest'
import type { ProgramSpec } from '#dist/engine/backend/interface/backend.js'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { numbers, tinyProgram, tinyWeights } from '../../native/tiny-program.ts'

const store = tinyWeights()

/** Runs a program with one relu over `x` [S, 3] from its specification, and returns `y`. */
function relu(op: string): ProgramSpec {
  const tensor = {
    kind: 'bound',
    dtype: 'float32',
    symbol: 0,
    rows: 0,
    width: 3,
    start: 0,
    encoding: 'float32',
  } as const
  const operand = (index: number) => ({ tensor: index, column: 0, width: 3 })
  const names = { inputs: ['x'], outputs: ['activated'], attributes: { activation: ['none', 'relu'] } }
  return {
    name: 'small',
    symbols: ['S'],
    regions: [0, 0],
    cachedFloats: 8_000_000,
    tensors: [
      { ...tensor, name: 'x', offset: 0 },
      { ...tensor, name: 'y', offset: 1 },
    ],
    bindings: [
      { name: 'x', written: false },
      { name: 'y', written: true },
    ],
    instructions: [{ op, inputs: [operand(0)], outputs: [operand(1)], attributes: [1], names }],
  }
}

it('a compiled program is plain data: JSON keeps all of it', () => {
  const spec = tinyProgram(store)
  expect(JSON.parse(JSON.stringify(spec))).toEqual(spec)
  expect(structuredClone(spec)).toEqual(spec)
})

it('JavaScript runs a handwritten specification: it finds the kernel by its name', () => {
  const x = numbers(6)
  const y = new Float32Array(6)
  new JsPlayer().load(relu('activation'), store).play(Float64Array.of(2), [x, y])
  expect(y).toEqual(x.map((value) => Math.max(value, 0)))
})

it.each(['sigmoid', 'toString'])('JavaScript refuses a program with an op for which it has no kernel (%s)', (op) => {
  expect(() => new JsPlayer().load(relu(op), store)).toThrow(
    expect.objectContaining({ code: 'ERR_SHAPE', message: `small: there is no JavaScript kernel for op ${op}` }),
  )
})

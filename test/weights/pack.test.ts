import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import type { Encoding, Packed } from '#dist/backend/backend.js'
import { packedLayout, packedViews, rowStart } from '#dist/backend/packed.js'
import { LoadedProgram } from '#dist/program/loaded.js'
import { linear } from '#dist/program/ops/linear.js'
import { Program } from '#dist/program/program.js'
import { packQuantised, packRows } from '#dist/weights/pack.js'
import { backends } from '../backends.ts'
import { encodedStore } from '../program/encoded-store.ts'

interface Golden {
  outputs: number
  inputs: number
  rows: number
  int8: number[]
  scales: number[]
  sums: number[]
  product: number[]
  finished: number[]
  bfloat16: number[]
}

const golden: Golden = JSON.parse(readFileSync(new URL('../golden/encodings/encodings.json', import.meta.url), 'utf8'))
const { outputs, inputs, rows } = golden

/** The formulas of make.py. */
const number = (i: number) => (((i * 7919) % 2001) - 1000) / 997
const magnitudes = [0.01, 0.1, 1, 10, 100]
const matrix = (count: number, value: (row: number, k: number) => number) =>
  Float32Array.from({ length: count * inputs }, (_, i) => value(Math.floor(i / inputs), i % inputs))
const weight = matrix(outputs, (n, k) => {
  if (n === 3) return 0
  if (n === 4) return k ? (((k * 11) % 255) - 127) / 2 : 127
  if (n === 5) return number(k) * 1e-42
  if (n === 6) return number(k) * 1e-44
  return number(n * inputs + k) * magnitudes[n % 5]
})
const x = matrix(rows, (r, k) => {
  if (r === 1) return 0
  if (r === 2) return k ? (((k * 13) % 255) - 127) / 2 : -127
  if (r === 3) return number(k) * 1e-38
  return number(5 * k + 3 * r) * magnitudes[r]
})

function packedWeight<E extends Exclude<Encoding, 'float32'>>(encoding: E) {
  const values = new Float32Array(packedLayout(encoding, outputs, inputs).size)
  const place = { encoding, rows: outputs, width: inputs, offset: 0 }
  return packedViews(values, place) as Extract<Packed, { encoding: E }>
}

/** The values of all rows in the order of the unpacked matrix. */
function unpacked(packed: Packed): number[] {
  const step = packed.encoding === 'int8' ? 4 : 2
  return Array.from({ length: outputs * inputs }, (_, i) => {
    const k = i % inputs
    return packed.values[rowStart(packed, Math.floor(i / inputs)) + Math.floor(k / step) * 16 * step + (k % step)]
  })
}

describe('a matrix that is packed', () => {
  it('as int8 has the integers, scales and sums that NumPy computes, and zeros behind them', () => {
    const packed = packedWeight('int8')
    packRows(packed, 0, outputs, weight)
    expect(unpacked(packed)).toEqual(golden.int8)
    expect(Array.from(packed.scales.subarray(0, outputs))).toEqual(golden.scales)
    expect(Array.from(packed.sums.subarray(0, outputs))).toEqual(golden.sums)
    const sum = packed.values.reduce((total, value) => total + Math.abs(value), 0)
    expect(sum).toBe(golden.int8.reduce((total, value) => total + Math.abs(value), 0))
  })

  it('as bfloat16 has the halves that PyTorch rounds to', () => {
    const packed = packedWeight('bfloat16')
    packRows(packed, 0, outputs, weight)
    expect(unpacked(packed)).toEqual(golden.bfloat16)
  })

  it('is the same packed row by row, and packed from its integers', () => {
    const [whole, byRow, again] = [packedWeight('int8'), packedWeight('int8'), packedWeight('int8')]
    packRows(whole, 0, outputs, weight)
    for (let row = 0; row < outputs; row++) packRows(byRow, row, 1, weight.subarray(row * inputs, (row + 1) * inputs))
    packQuantised(again, 0, { values: Int8Array.from(golden.int8), scales: Float32Array.from(golden.scales) })
    expect(byRow).toEqual(whole)
    expect(again).toEqual(whole)
  })
})

describe.each(backends)('$name', ({ make }) => {
  const player = make()
  afterAll(() => player.close())

  function play(epilogue: boolean): Float32Array {
    const store = encodedStore('int8', { weight: { rows: outputs, width: inputs, values: weight } })
    const program = new Program('product', store)
    const given = {
      x: program.input('x', 'S', inputs),
      weight: program.weight('weight'),
      bias: epilogue ? program.input('bias', 1, outputs) : null,
      residual: epilogue ? program.input('residual', 'S', outputs) : null,
    }
    const attributes = epilogue
      ? ({ activation: 'relu', scale: 0.3 } as const)
      : ({ activation: 'none', scale: 1 } as const)
    program.output(linear(program, given, attributes)[0], 'y')
    const y = new Float32Array(rows * outputs)
    const bias = Float32Array.from({ length: outputs }, (_, n) => number(n))
    const residual = Float32Array.from({ length: rows * outputs }, (_, i) =>
      number(Math.floor(i / outputs) + (i % outputs)),
    )
    new LoadedProgram(player, program, store).play({ S: rows }, { x, bias, residual, y })
    return y
  }

  it('multiplies quantised rows by an int8 weight to the very bits of NumPy', () => {
    expect(Array.from(play(false))).toEqual(golden.product)
  })

  it('and finishes them to the same bits: scale, bias, activation, residual, each rounded to float32', () => {
    expect(Array.from(play(true))).toEqual(golden.finished)
  })
})

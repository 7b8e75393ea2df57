import { describe, expect, it } from 'vitest'
import type { Encoding } from '#dist/engine/backend/interface/backend.js'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { LoadedProgram } from '#dist/engine/program/loaded.js'
import { linear } from '#dist/engine/program/ops/linear.js'
import { Program } from '#dist/engine/program/program.js'
import { encodedStore } from './encoded-store.ts'
import { expectSameBits } from './expect-same-bits.ts'
import { floats, type OperandCase, Random, thin, whole } from './random-operands.ts'

const ROWS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 17]
const WIDTHS = [1, 2, 3, 4, 5, 7, 8, 9, 63, 64, 65, 127, 128, 130, 260]
const OUTPUTS = [1, 7, 8, 9, 15, 16, 17, 40]
/** Shares of numbers that are not 0, around the half from which on rows are not sparse. */
const SHARES = [0, 0.01, 0.06, 0.2, 0.45, 0.5, 0.55, 1]

/** Sets elements of x to zero, with one share in every row, in every four rows, or in all. */
function thinRows(random: Random, x: OperandCase): void {
  const alike = x.baseWidth * random.pick([1, 4, x.data.length])
  for (let i = 0; i < x.data.length; i += alike) thin(random, random.pick(SHARES), x.data.subarray(i, i + alike))
}

/** Integers up to 127, which int8 preserves if each row has the largest one. */
function integers(data: OperandCase['data'], column: number, baseWidth: number): void {
  for (let i = 0; i < data.length; i++) data[i] = Math.round(40 * data[i])
  for (let row = 0; row < data.length; row += baseWidth) data[row + column] = 127
}

interface Product {
  rows: number
  x: OperandCase
  outputs: number
  weight: Float32Array
}

/** Numbers that the encoding preserves. */
function productCase(random: Random, encoding: Encoding): Product {
  const [rows, width, outputs] = [ROWS, WIDTHS, OUTPUTS].map((sizes) => random.pick(sizes))
  const x = floats(random, 'S', rows, width)
  thinRows(random, x)
  const weight = random.floats(outputs * width)
  const bits = new Uint32Array(weight.buffer)
  if (encoding === 'bfloat16') for (let i = 0; i < bits.length; i++) bits[i] &= 0xffff0000
  if (encoding === 'int8') {
    integers(x.data, x.column, x.baseWidth)
    integers(weight, 0, width)
  }
  return { rows, x, outputs, weight }
}

/** Sums in float64 of all products, zeros too, from the first column to the last. */
function expected({ rows, x, outputs, weight }: Product): Float32Array {
  const y = new Float32Array(rows * outputs)
  for (let i = 0; i < y.length; i++) {
    const from = Math.floor(i / outputs) * x.baseWidth + x.column
    let sum = 0
    for (let k = 0; k < x.width; k++) sum += x.data[from + k] * weight[(i % outputs) * x.width + k]
    y[i] = sum
  }
  return y
}

const player = new JsPlayer()

function played(encoding: Encoding, { rows, x, outputs, weight }: Product): Float32Array {
  const p = new Program('linear', encodedStore(encoding, { weight: { rows: outputs, width: x.width, values: weight } }))
  const operands = {
    x: p.input('x', 'S', x.baseWidth).slice(x.column, x.column + x.width),
    weight: p.weight('weight'),
  }
  p.output(linear(p, operands, { activation: 'none', scale: 1 })[0], 'y')
  const y = new Float32Array(rows * outputs)
  new LoadedProgram(player, p).play({ S: rows }, { x: x.data, y })
  return y
}

describe('rows that are mostly zeros, in JavaScript', () => {
  it.each(['float32', 'bfloat16', 'int8'] as const)(
    'have the bits that every number gives, zeros too, with a weight in %s',
    (encoding) => {
      for (let seed = 0; seed < 600; seed++) {
        const given = productCase(new Random(seed), encoding)
        expectSameBits([played(encoding, given)], [expected(given)], `seed ${seed}`)
      }
    },
  )

  it('have exact sums in int8, however long', () => {
    const [rows, width, outputs] = [5, 12000, 20]
    const data = Float32Array.from({ length: rows * width }, (_, i) => (i % 20 < 9 ? 127 : 0))
    const weight = Float32Array.from({ length: outputs * width }, (_, i) => (Math.floor(i / width) % 3 ? 127 : -127))
    const given = { rows, x: whole('S', width, data), outputs, weight }
    expectSameBits([played('int8', given)], [expected(given)], 'sums')
  })

  it('do not multiply weights by their zeros, even if the weights are infinite', () => {
    const [rows, width, outputs] = [5, 64, 8]
    const data = Float32Array.from({ length: rows * width }, (_, i) => (i % width === 40 ? 3 : 0))
    const weight = Float32Array.from({ length: outputs * width }, (_, i) => (i % width === 40 ? 2 : Infinity))
    const given = { rows, x: whole('S', width, data), outputs, weight }
    expect(played('float32', given)).toEqual(new Float32Array(rows * outputs).fill(6))
  })
})

import { afterAll, describe, expect, it } from 'vitest'
import type { Encoding, Player } from '#dist/engine/backend/interface/backend.js'
import { LoadedProgram } from '#dist/engine/program/loaded.js'
import { candidates } from '#dist/engine/program/ops/candidates.js'
import { embed } from '#dist/engine/program/ops/embed.js'
import { linear } from '#dist/engine/program/ops/linear.js'
import { Program } from '#dist/engine/program/program.js'
import { quantizeInt4 } from '#dist/engine/weights/int4.js'
import { backends } from '../../backends.ts'
import { encodedStore, type Matrix } from './encoded-store.ts'
import { opTests } from './op-tests.ts'
import { floats, type OpCase, Random, whole } from './random-operands.ts'

/** A random case of linear, sometimes with rows of zeros in x and in the weight. */
function linearCase(random: Random): OpCase & { weight: Matrix } {
  const rows = random.pick([1, 2, 15, 16, 17, 31, 64, 100, 257])
  const width = random.pick([1, 3, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 130])
  const S = random.rows()
  const values = random.floats(rows * width)
  if (random.next() < 0.3) values.fill(0, 0, width)
  const x = floats(random, 'S', S, width)
  if (S > 1 && random.next() < 0.3) x.data.fill(0, x.baseWidth, 2 * x.baseWidth)
  const inputs = {
    x,
    weight: whole(rows, width, values),
    bias: random.next() < 0.5 ? whole(1, rows, random.floats(rows)) : null,
    residual: random.next() < 0.5 ? floats(random, 'S', S, rows) : null,
  }
  const attributes = { activation: random.pick(['none', 'relu']), scale: random.pick([1, 0.3]) }
  return { symbols: { S }, inputs, attributes, weight: { rows, width, values } }
}

function playLinear(
  player: Player,
  encoding: Encoding,
  { symbols, inputs, attributes, weight }: ReturnType<typeof linearCase>,
) {
  const store = encodedStore(encoding, { weight })
  const p = new Program('linear', store)
  const operand = (name: string) => {
    const given = inputs[name]
    return given && p.input(name, given.rows, given.baseWidth).slice(given.column, given.column + given.width)
  }
  const tensors = { x: operand('x')!, weight: p.weight('weight'), bias: operand('bias'), residual: operand('residual') }
  p.output(linear(p, tensors, attributes as never)[0], 'y')
  const y = new Float32Array(symbols.S * weight.rows)
  const arrays = Object.fromEntries(Object.entries(inputs).map(([name, given]) => [name, given?.data as Float32Array]))
  new LoadedProgram(player, p).play(symbols, { ...arrays, y })
  return y
}

/** A matrix after encoding and decoding, in float64. */
function decoded({ rows, width, values }: Matrix, encoding: Encoding): Float64Array {
  const result = Float64Array.from(values)
  if (encoding === 'float32panels') return result
  if (encoding === 'int4') return fromGroups(values, rows, width)
  for (let row = 0; row < rows; row++) {
    const of = result.subarray(row * width, (row + 1) * width)
    const scale = Math.fround(of.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / 127)
    of.forEach((value, k) => {
      of[k] = encoding === 'int8' ? scale && toEven(Math.fround(value / scale)) * scale : upperHalf(value)
    })
  }
  return result
}

/** Integers of int4 times the scales of their groups, which are multiples of the scale of the row. */
function fromGroups(values: Float32Array, rows: number, width: number): Float64Array {
  const groups = Math.ceil(width / 32)
  const { integers, scales } = quantizeInt4(values, rows)
  return Float64Array.from({ length: rows * width }, (_, i) => {
    const row = Math.floor(i / width)
    const own = [...scales.subarray(row * groups, (row + 1) * groups)]
    const magnitudes = own.map(Math.abs)
    const scale = Math.fround(Math.max(magnitudes.reduce((a, b) => a + b) / 63000, Math.max(...magnitudes) / 32767))
    const k = i % width
    const group = Math.floor(k / 32)
    const byte = integers[16 * (row * groups + group) + ((k % 32) >> 1)]
    const whole = own.map((of) => scale && toEven(of / scale))
    const sum = (terms: number[]) => terms.reduce((a, b) => a + b)
    const fitted = sum(whole.map((m, g) => m * own[g])) / sum(whole.map((m) => m * m))
    return scale && (((byte >> (4 * (k % 2))) & 15) - 8) * whole[group] * Math.fround(fitted)
  })
}

const float = new Float32Array(1)
const bits = new Uint32Array(float.buffer)

/** The nearest float32 whose lower 16 bits are 0, ties to even. */
function upperHalf(value: number): number {
  float[0] = value
  bits[0] = (bits[0] + 0x7fff + ((bits[0] >>> 16) & 1)) & 0xffff0000
  return float[0]
}

function toEven(value: number): number {
  const floor = Math.floor(value)
  const above = value - floor
  return above > 0.5 || (above === 0.5 && floor % 2) ? floor + 1 : floor
}

/** The same case with x quantized and dequantized. */
function quantizedRows({ data, rows, width, column, baseWidth }: OpCase['inputs'][string] & object) {
  const result = Float64Array.from(data)
  for (let at = column; at < data.length; at += baseWidth) {
    const row = result.subarray(at, at + width)
    const most = row.reduce((m, v) => Math.max(m, Math.abs(v)), 0)
    row.forEach((value, k) => {
      row[k] = most && toEven(Math.fround(value * Math.fround(127 / most))) * Math.fround(most / 127)
    })
  }
  return { data: result as unknown as Float32Array, rows, width, column, baseWidth }
}

/** x as it is multiplied by a weight in this encoding. */
function seen(x: OpCase['inputs'][string] & object, encoding: Encoding, isa: string) {
  if (encoding === 'int8' || encoding === 'int4') return quantizedRows(x)
  const halves = encoding === 'bfloat16' && (isa === 'avx512bf16' || isa === 'amx')
  return halves ? { ...x, data: (x.data as Float32Array).map(upperHalf) } : x
}

function difference(actual: Float32Array, expected: number[]): number {
  const range = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 1)
  return actual.reduce((worst, value, i) => Math.max(worst, Math.abs(value - expected[i]) / range), 0)
}

describe.each(backends)('$name', ({ make }) => {
  const player = make()
  afterAll(() => player.close())
  const js = backends[0].make()

  it.each(['int8', 'int4', 'bfloat16', 'float32panels'] as const)(
    'linear with a weight in %s is the product with the rounded weight',
    (encoding) => {
      for (let seed = 0; seed < 100; seed++) {
        const given = linearCase(new Random(seed))
        const weight = { ...given.inputs.weight!, data: decoded(given.weight, encoding) as unknown as Float32Array }
        const x = seen(given.inputs.x!, encoding, player.info.isa)
        const [expected] = opTests.linear.reference({ ...given, inputs: { ...given.inputs, x, weight } })
        expect(difference(playLinear(player, encoding, given), expected), `seed ${seed}`).toBeLessThan(2e-6)
      }
    },
  )

  it('int8 sums of only the largest integers are exact, however long', () => {
    const width = 9001
    const x = { data: new Float32Array(5 * width).fill(1), rows: 'S', width, column: 0, baseWidth: width }
    const signs = Array.from({ length: 20 }, (_, row) => (row % 3 ? 1 : -1))
    const weight = {
      rows: 20,
      width,
      values: Float32Array.from({ length: 20 * width }, (_, i) => signs[Math.floor(i / width)]),
    }
    const inputs = { x, weight: null, bias: null, residual: null }
    const y = playLinear(player, 'int8', {
      symbols: { S: 5 },
      inputs,
      attributes: { activation: 'none', scale: 1 },
      weight,
    })
    const scale = Math.fround(Math.fround(1 / 127) ** 2)
    const expected = signs.map((sign) => Math.fround(Math.fround(sign * 127 * 127 * width) * scale))
    expect([...y]).toEqual(Array.from({ length: 5 }, () => expected).flat())
  })

  it.each(['int8', 'int4'] as const)('linear with a weight in %s has the same bits as in JavaScript', (encoding) => {
    for (let seed = 0; seed < 100; seed++) {
      const given = linearCase(new Random(seed))
      expect(playLinear(player, encoding, given), `seed ${seed}`).toEqual(playLinear(js, encoding, given))
    }
  })

  it('int4 sums of only the largest integers are exact, however long', () => {
    const width = 9001
    const x = { data: new Float32Array(17 * width).fill(1), rows: 'S', width, column: 0, baseWidth: width }
    const weight = { rows: 20, width, values: new Float32Array(20 * width).fill(0.5) }
    const given = {
      symbols: { S: 17 },
      inputs: { x, weight: null, bias: null, residual: null },
      attributes: { activation: 'none', scale: 1 },
      weight,
    }
    const sums = new Set(playLinear(player, 'int4', given))
    expect(sums.size).toBe(1)
    for (const sum of sums) expect(sum / (0.5 * width)).toBeCloseTo(1, 3)
    expect(playLinear(player, 'int4', given)).toEqual(playLinear(js, 'int4', given))
  })

  it.each(['int8', 'int4'] as const)(
    'a row of a product in %s has the same bits alone and among others',
    (encoding) => {
      const random = new Random(7)
      const weight = { rows: 100, width: 130, values: random.floats(13000) }
      const x = random.floats(33 * 130)
      const caseOf = (S: number, data: Float32Array) => ({
        symbols: { S },
        inputs: { x: whole('S', 130, data), weight: whole(100, 130, weight.values), bias: null, residual: null },
        attributes: { activation: 'relu', scale: 0.3 },
        weight,
      })
      const all = playLinear(player, encoding, caseOf(33, x))
      for (let row = 0; row < 33; row++)
        expect(playLinear(player, encoding, caseOf(1, x.slice(row * 130, (row + 1) * 130)))).toEqual(
          all.subarray(row * 100, (row + 1) * 100),
        )
    },
  )

  it.each(['int8', 'int4', 'bfloat16', 'float32panels'] as const)(
    'embed from a table in %s takes its rounded rows',
    (encoding) => {
      for (let seed = 0; seed < 60; seed++) {
        const given = opTests.embed.case(new Random(seed))
        const { table, tokens, positions, positionTable } = given.inputs
        const [rows, width] = [given.symbols.V, table!.width]
        const values = new Random(seed).floats(rows * width)
        const store = encodedStore(encoding, { table: { rows, width, values } })
        const p = new Program('embed', store)
        const tensors = {
          table: p.weight('table'),
          tokens: p.input('tokens', 'S', 1, 'int32'),
          positions: positions && p.input('positions', 'S', 1, 'int32'),
          positionTable: positionTable && p.input('positionTable', 'N', width),
        }
        p.output(embed(p, tensors, given.attributes as never)[0], 'x')
        const x = new Float32Array(given.symbols.S * width)
        const arrays = {
          tokens: tokens!.data,
          x,
          ...(positions && { positions: positions.data, positionTable: positionTable!.data }),
        }
        new LoadedProgram(player, p).play(given.symbols, arrays)
        const rounded = whole(rows, width, decoded({ rows, width, values }, encoding) as unknown as Float32Array)
        const [expected] = opTests.embed.reference({ ...given, inputs: { ...given.inputs, table: rounded } })
        expect(difference(x, expected), `seed ${seed}`).toBeLessThan(2e-7)
      }
    },
  )
})

describe.each(backends)('$name', ({ make }) => {
  it.each(['int8', 'int4', 'bfloat16', 'float32panels'] as const)(
    'candidates of a vocabulary in %s are those of its logits',
    (encoding) => {
      const [random, rows, width, count, best] = [new Random(3), 1300, 40, 3, 5]
      const weight = { rows, width, values: random.floats(rows * width) }
      const store = encodedStore(encoding, { weight })
      const logits = new Program('logits', store)
      const x = random.floats(count * width)
      const attributes = { activation: 'none', scale: 0.7 } as const
      logits.output(
        linear(logits, { x: logits.input('x', 'R', width), weight: logits.weight('weight') }, attributes)[0],
        'y',
      )
      const y = new Float32Array(count * rows)
      const player = make()
      new LoadedProgram(player, logits).play({ R: count }, { x, y })

      const p = new Program('candidates', store)
      const given = { edits: p.input('edits', 'E', 3, 'int32'), values: p.input('values', 'E', 1) }
      const inputs = { x: p.input('x', 'R', width), weight: p.weight('weight'), ...given }
      const outputs = candidates(p, inputs, { normalize: 'before', scale: 0.7 })
      p.output(outputs[0], 'scores')
      p.output(outputs[1], 'ids')
      const [scores, ids] = [new Float32Array(count * best), new Int32Array(count * best)]
      const none = { edits: new Int32Array(0), values: new Float32Array(0) }
      new LoadedProgram(player, p).play({ R: count, E: 0, C: count * best }, { x, ...none, scores, ids })
      player.close()
      for (let r = 0; r < count; r++) {
        const row = y.subarray(r * rows, (r + 1) * rows)
        const order = Array.from(row.keys()).sort((a, b) => row[b] - row[a])
        const norm = Math.log(row.reduce((sum, value) => sum + Math.exp(value), 0))
        expect(Array.from(ids.subarray(r * best, (r + 1) * best))).toEqual(order.slice(0, best))
        for (let i = 0; i < best; i++) expect(scores[r * best + i]).toBeCloseTo(row[order[i]] - norm, 4)
      }
    },
  )
})

describe('an encoded weight is refused with ERR_SHAPE', () => {
  const store = encodedStore('int8', { weight: { rows: 20, width: 30, values: new Float32Array(600).fill(1) } })
  const refused = (message: RegExp) =>
    expect.objectContaining({ code: 'ERR_SHAPE', message: expect.stringMatching(message) })

  it('if the op cannot read one', () => {
    const p = new Program('p', store)
    const bias = () =>
      linear(
        p,
        { x: p.input('x', 'S', 7), weight: p.input('w', 30, 7), bias: p.weight('weight') },
        { activation: 'none', scale: 1 },
      )
    expect(bias).toThrow(refused(/linear: bias/))
    const x = () => linear(p, { x: p.weight('weight'), weight: p.input('v', 7, 30) }, { activation: 'none', scale: 1 })
    expect(x).toThrow(refused(/linear: x cannot be weight \[20, 30\], which is stored as int8/))
  })

  it('as a view of some of its columns', () => {
    const p = new Program('p', store)
    const part = p.weight('weight').slice(0, 10)
    expect(() => linear(p, { x: p.input('x', 'S', 10), weight: part }, { activation: 'none', scale: 1 })).toThrow(
      refused(/linear: weight cannot be weight\[0:10\]/),
    )
  })

  it('if a gradient is asked for', () => {
    const p = new Program('p', store)
    expect(() => p.gradientOf(p.weight('weight'))).toThrow(refused(/load it as float32/))
  })

  it('if it extends beyond the store', () => {
    const p = new Program('p', { ...store, values: store.values.subarray(0, -1) })
    p.output(
      linear(p, { x: p.input('x', 'S', 30), weight: p.weight('weight') }, { activation: 'none', scale: 1 })[0],
      'y',
    )
    expect(() => p.compile()).toThrow(refused(/does not lie in the store/))
  })
})

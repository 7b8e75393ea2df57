import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import type { Encoding, Packed, Packing } from '#dist/engine/backend/interface/backend.js'
import { packedLayout, packedViews, rowStart } from '#dist/engine/backend/interface/packed.js'
import { Scratch, unpackRows } from '#dist/engine/backend/js/products/unpack.js'
import { loadAddon } from '#dist/engine/backend/native/addon.js'
import { LoadedProgram } from '#dist/engine/program/loaded.js'
import { opSignatures } from '#dist/engine/program/op-table.js'
import { linear } from '#dist/engine/program/ops/linear.js'
import { Program } from '#dist/engine/program/program.js'
import { quantizeInt4 } from '#dist/engine/weights/int4.js'
import { javascriptPacking } from '#dist/engine/weights/pack.js'
import { backends, nativeReasons } from '../../backends.ts'
import { makePlayer, refusal } from '../../native/tiny-program.ts'
import { encodedStore } from '../program/encoded-store.ts'
import { Random } from '../program/random-operands.ts'

interface Golden {
  outputs: number
  inputs: number
  rows: number
  int8: number[]
  scales: number[]
  sums: number[]
  int4: number[]
  int4Scales: number[]
  int4Product: number[]
  product: number[]
  finished: number[]
  bfloat16: number[]
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('../../golden/encodings/encodings.json', import.meta.url), 'utf8'),
)
const { outputs, inputs, rows } = golden

type Int8 = Extract<Packed, { encoding: 'int8' }>
type Int4 = Extract<Packed, { encoding: 'int4' }>

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
  const step = { int8: 4, int4: 64, bfloat16: 2, float32panels: 1 }[packed.encoding]
  return Array.from({ length: outputs * inputs }, (_, i) => {
    const k = i % inputs
    return packed.values[rowStart(packed, Math.floor(i / inputs)) + Math.floor(k / step) * 16 * step + (k % step)]
  })
}

const packings: [string, Packing][] = [['JavaScript', javascriptPacking]]
if (!nativeReasons.length) packings.push(['the addon', makePlayer().packing])

describe.each(packings)('a matrix that is packed by %s', (_, { packRows, packQuantized, packInt4 }) => {
  it('as int8 has the integers, scales and sums that NumPy computes, followed by zeros', () => {
    const packed = packedWeight('int8')
    packRows(packed, 0, outputs, weight)
    expect(unpacked(packed)).toEqual(golden.int8)
    expect(Array.from(packed.scales.subarray(0, outputs))).toEqual(golden.scales)
    expect(Array.from(packed.sums.subarray(0, outputs))).toEqual(golden.sums)
    const sum = packed.values.reduce((total, value) => total + Math.abs(value), 0)
    expect(sum).toBe(golden.int8.reduce((total, value) => total + Math.abs(value), 0))
  })

  it('as int4 has the integers and scales that NumPy computes, each a multiple of the scale of the row', () => {
    const packed = packedWeight('int4')
    packRows(packed, 0, outputs, weight)
    const { integers, scales } = quantizeInt4(weight, outputs)
    expect([...scales]).toEqual(golden.int4Scales)
    const values = new Scratch()
    unpackRows(packed, 0, outputs, values)
    golden.int4.forEach((integer, i) => {
      const [row, k] = [Math.floor(i / inputs), i % inputs]
      const group = 3 * row + Math.floor(k / 32)
      expect(((integers[16 * group + ((k % 32) >> 1)] >> (4 * (k % 2))) & 15) - 8).toBe(integer)
      const exact = integer * golden.int4Scales[group]
      const most = 8 * Math.max(...golden.int4Scales.slice(3 * row, 3 * row + 3).map(Math.abs))
      expect(Math.abs(values.floats[row * packed.depth + k] * packed.scales[row] - exact)).toBeLessThanOrEqual(
        5e-5 * most,
      )
    })
    const again = packedWeight('int4')
    packInt4(again, 0, 5, { integers: integers.subarray(0, 5 * 48), scales: scales.subarray(0, 15) })
    packInt4(again, 5, outputs - 5, { integers: integers.subarray(5 * 48), scales: scales.subarray(15) })
    expect(again).toEqual(packed)
  })

  it('as bfloat16 has the halves to which PyTorch rounds', () => {
    const packed = packedWeight('bfloat16')
    packRows(packed, 0, outputs, weight)
    expect(unpacked(packed)).toEqual(golden.bfloat16)
  })

  it('in float32 has its own values, followed by zeros, packed row by row or several at a time', () => {
    const [packed, byRow, inParts] = Array.from({ length: 3 }, () => packedWeight('float32panels'))
    packRows(packed, 0, outputs, weight)
    expect(unpacked(packed)).toEqual([...weight])
    const sum = (values: Float32Array) => values.reduce((total, value) => total + Math.abs(value), 0)
    expect(sum(packed.values)).toBeCloseTo(sum(weight), 1)
    const pack = (to: typeof packed, first: number, end: number) =>
      packRows(to, first, end - first, weight.subarray(first * inputs, end * inputs))
    for (let row = 0; row < outputs; row++) pack(byRow, row, row + 1)
    pack(inParts, 0, 5)
    pack(inParts, 5, outputs)
    expect(byRow).toEqual(packed)
    expect(inParts).toEqual(packed)
  })

  it('is the same packed row by row, and packed from its integers', () => {
    const [whole, byRow, again] = [packedWeight('int8'), packedWeight('int8'), packedWeight('int8')]
    packRows(whole, 0, outputs, weight)
    for (let row = 0; row < outputs; row++) packRows(byRow, row, 1, weight.subarray(row * inputs, (row + 1) * inputs))
    packQuantized(again, 0, { values: Int8Array.from(golden.int8), scales: Float32Array.from(golden.scales) })
    expect(byRow).toEqual(whole)
    expect(again).toEqual(whole)
  })
})

describe.skipIf(nativeReasons.length)('the addon', () => {
  const generator = new Random(7)
  const random = () => generator.next()
  const { store, packRows, packQuantized, packInt4 } = nativeReasons.length ? javascriptPacking : makePlayer().packing
  const place = (encoding: Exclude<Encoding, 'float32'>, rows: number, width: number) => {
    const values = new Float32Array(new SharedArrayBuffer(4 * packedLayout(encoding, rows, width).size))
    return packedViews(values, { encoding, rows, width, offset: 0 })!
  }

  it('places weights, and bound arrays, at the beginning of a cache line', () => {
    const { addon } = loadAddon(opSignatures())
    const player = makePlayer()
    for (const length of [0, 1, 63, 1000, 30_000, 1_000_000])
      for (const array of [store(length), player.array('float32', length), player.array('bfloat16', length)]) {
        expect(array).toHaveLength(length)
        expect(array.every((value) => value === 0)).toBe(true)
        expect(addon.firstMultiple(new Uint8Array(array.buffer, array.byteOffset), 64)).toBe(0)
      }
    const { buffer: pages, byteOffset: begin } = store(1_000_000)
    expect(addon.firstMultiple(new Uint8Array(pages, begin), 2 ** 21)).toBe(0)
    expect(pages.byteLength - begin).toBeGreaterThanOrEqual(2 ** 22) // the last page is complete
    const { buffer, byteOffset } = store(64)
    expect(buffer).toBeInstanceOf(SharedArrayBuffer)
    expect(addon.firstMultiple(new Uint8Array(buffer, byteOffset + 4), 64)).toBe(60)
    const refused = expect.objectContaining({ code: 'ERR_SHAPE' })
    expect(() => addon.firstMultiple(new Float32Array(4) as never, 64)).toThrow(refused)
    for (const step of [0, -64, 1.5, '64'])
      expect(() => addon.firstMultiple(new Uint8Array(4), step as never)).toThrow(refused)
    player.close()
  })

  it.each(['int8', 'int4', 'bfloat16', 'float32panels'] as const)(
    'packs parts of matrices of every width to the bytes of JavaScript: %s',
    (encoding) => {
      for (let width = 1; width < 140; width += 1 + (width >> 3)) {
        const rows = 1 + Math.floor(random() * 40)
        const first = Math.floor(random() * rows)
        const special = [Number.NaN, Number.POSITIVE_INFINITY, -0, 1e-45, 3e38]
        const values = Float32Array.from({ length: (rows - first) * width }, () =>
          random() < 0.01
            ? special[Math.floor(random() * special.length)]
            : (random() - 0.5) * 10 ** (random() * 8 - 4),
        )
        const [expected, found] = [place(encoding, rows, width), place(encoding, rows, width)]
        javascriptPacking.packRows(expected, first, rows - first, values)
        packRows(found, first, rows - first, values)
        expect(found, `${rows} × ${width} from ${first}`).toEqual(expected)
      }
    },
  )

  it('packs float32 as it is: value k of a row lies at row k of its panel', () => {
    const [rows, width, first, depth] = [5, 37, 14, 40]
    const values = Float32Array.from({ length: rows * width }, (_, i) => (i % 9 ? random() - 0.5 : Number.NaN))
    const panels = new Float32Array(32 * depth)
    packRows({ encoding: 'float32panels', values: panels, depth }, first, rows, values)
    const expected = new Float32Array(32 * depth)
    values.forEach((value, i) => {
      const row = first + Math.floor(i / width)
      expected[(row - (row % 16)) * depth + (row % 16) + 16 * (i % width)] = value
    })
    expect(panels).toEqual(expected)
  })

  it('packs integers of every width to the bytes of JavaScript', () => {
    for (let width = 1; width < 140; width += 1 + (width >> 3)) {
      const values = Int8Array.from({ length: 19 * width }, () => Math.round(random() * 254 - 127))
      const scales = Float32Array.from({ length: 19 }, random)
      const [expected, found] = [place('int8', 35, width), place('int8', 35, width)] as Int8[]
      javascriptPacking.packQuantized(expected, 16, { values, scales })
      packQuantized(found, 16, { values, scales })
      expect(found, `width ${width}`).toEqual(expected)
    }
  })

  it('packs 127 if the scale of a row has so few bits that a quotient exceeds it', () => {
    const [expected, found] = [place('int8', 1, 2), place('int8', 1, 2)]
    const values = Float32Array.of(300 * 2 ** -149, -300 * 2 ** -149)
    javascriptPacking.packRows(expected, 0, 1, values)
    packRows(found, 0, 1, values)
    expect([expected.values[0], expected.values[1]]).toEqual([127, -127])
    expect(found).toEqual(expected)
  })

  it('refuses sizes that do not fit before it writes anything', () => {
    const packed = place('int8', 20, 70) as Int8
    const mostInt8 = Math.floor((2 ** 31 - 1) / (127 * 128)) // as wide as sums in 32 bits allow
    const values = new Float32Array(140).fill(1)
    const bad: (() => void)[] = [
      () => packRows(packed, 31, 2, values), // lanes are 32
      () => packRows(packed, -1, 2, values),
      () => packRows(packed, 0.5, 2, values),
      () => packRows(packed, 0, 3, values),
      () => packRows(packed, 0, 1, values), // 140 wide
      () => packRows(packed, 0, 0, values),
      () => packRows({ ...packed, depth: 0 }, 0, 2, values),
      () => packRows({ ...packed, depth: 2 ** 40 }, 0, 2, values),
      () => packRows({ ...packed, depth: 127 }, 0, 2, values),
      () => packRows({ ...packed, values: packed.values.subarray(1) }, 0, 2, values),
      () => packRows({ ...packed, values: new Int8Array(new ArrayBuffer(32 * 128 + 1), 1) }, 0, 2, values),
      () => packRows(place('int8', 1, mostInt8 + 1), 0, 1, new Float32Array(mostInt8 + 1)),
      () => packRows({ ...packed, scales: packed.scales.subarray(1) }, 0, 2, values),
      () => packRows({ ...packed, sums: new Float32Array(32) as never }, 0, 2, values),
      () => packRows({ ...packed, sums: packed.sums.subarray(1) }, 0, 2, values),
      () => packRows({ ...packed, encoding: 8 as never }, 0, 2, values),
      () => packRows({ ...packed, values: [] as never }, 0, 2, values),
      () => packRows({ ...packed, encoding: 'float32' as never }, 0, 2, values),
      () => packRows(null as never, 0, 2, values),
      () => packRows({ ...place('int4', 20, 70), depth: 64 } as never, 0, 2, values),
      () => packRows({ ...place('int4', 20, 70), scales: new Float32Array(31) } as never, 0, 2, values),
      () => packInt4(packed as never, 0, 2, { integers: new Uint8Array(96), scales: new Float32Array(6) }),
      () =>
        packInt4(place('int4', 20, 70) as Int4, 31, 2, { integers: new Uint8Array(96), scales: new Float32Array(6) }),
      () =>
        packInt4(place('int4', 20, 70) as Int4, 0, 2, { integers: new Uint8Array(95), scales: new Float32Array(6) }),
      () =>
        packInt4(place('int4', 20, 70) as Int4, 0, 1, { integers: new Uint8Array(96), scales: new Float32Array(6) }),
      () =>
        packInt4(place('int4', 20, 70) as Int4, 0, 2, {
          integers: new Int8Array(96) as never,
          scales: new Float32Array(6),
        }),
      () => packRows(packed, 0, 2, new Float64Array(140) as never),
      () => packQuantized(packed, 0, { values: new Int8Array(140), scales: new Float32Array(3) }),
      () => packQuantized(packed, 0, { values: values as never, scales: new Float32Array(2) }),
      () =>
        packQuantized(place('bfloat16', 20, 70) as never, 0, {
          values: new Int8Array(140),
          scales: new Float32Array(2),
        }),
    ]
    for (const call of bad) expect(refusal(call).code, String(call)).toBe('ERR_SHAPE')
    expect(packed).toEqual(place('int8', 20, 70))
  })
})

describe.each(backends)('$name', ({ make }) => {
  const player = make()
  afterAll(() => player.close())

  function play(epilogue: boolean, encoding: 'int8' | 'int4' = 'int8'): Float32Array {
    const store = encodedStore(encoding, { weight: { rows: outputs, width: inputs, values: weight } })
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
    new LoadedProgram(player, program).play({ S: rows }, { x, bias, residual, y })
    return y
  }

  it('multiplies quantized rows by an int8 weight to the same bits as NumPy', () => {
    expect(Array.from(play(false))).toEqual(golden.product)
  })

  it('multiplies quantized rows by an int4 weight to the same bits as NumPy', () => {
    expect(Array.from(play(false, 'int4'))).toEqual(golden.int4Product)
  })

  it('and finishes them to the same bits: scale, bias, activation, residual, each rounded to float32', () => {
    expect(Array.from(play(true))).toEqual(golden.finished)
  })
})

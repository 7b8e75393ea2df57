import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { GlassformerError } from '#dist/base/errors.js'
import { DiskFolder } from '#dist/formats/disk/disk-folder.js'
import { openModelTensors } from '#dist/formats/tensors/model-tensors.js'
import { openSafetensors } from '#dist/formats/tensors/safetensors.js'
import { type TensorToWrite, writeSafetensors } from '#dist/formats/tensors/safetensors-writer.js'
import { expectError, rawSafetensors, scratchFolder } from './raw-safetensors.ts'

const folder = scratchFolder()
const at = (name: string) => join(folder, name)
const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer)
const f32 = (shape: number[], begin: number, end: number) => ({ dtype: 'F32', shape, data_offsets: [begin, end] })

describe('a written file', () => {
  test('is read as it was written, every dtype, odd lengths and empty tensors included', () => {
    const value = fc.float({ noNaN: true, noDefaultInfinity: true, min: -60000, max: 60000 })
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.constantFrom('F32', 'F16', 'BF16'), fc.array(value, { maxLength: 9 })), { maxLength: 5 }),
        (list) => {
          const tensors = list.map(([dtype, values], i) => ({
            name: `t${i}.é`,
            shape: [values.length],
            dtype: dtype as 'F32' | 'F16' | 'BF16',
            values: Float32Array.from(values),
          }))
          writeSafetensors(at('a.safetensors'), tensors)
          const file = openSafetensors(at('a.safetensors'))
          for (const { name, values, dtype } of tensors) {
            const into = new Float32Array(new SharedArrayBuffer(values.byteLength))
            file.readFloats(name, into)
            const [relative, absolute] = { F32: [0, 0], F16: [2 ** -11, 2 ** -25], BF16: [2 ** -8, 2 ** -134] }[dtype]
            values.forEach((v, i) => {
              expect(Math.abs(into[i] - v)).toBeLessThanOrEqual(Math.abs(v) * relative + absolute)
            })
          }
          file.close()
        },
      ),
      { numRuns: 60 },
    )
  })

  test('holds integers, and aligns every tensor to its elements', () => {
    writeSafetensors(at('integers.safetensors'), [
      { name: 'bytes', shape: [3], dtype: 'I8', values: Int8Array.of(-128, 0, 127) },
      { name: 'halves', shape: [1], dtype: 'F16', values: Float32Array.of(0.5) },
      { name: 'ints', shape: [2], dtype: 'I32', values: Int32Array.of(-(2 ** 31), 2 ** 31 - 1) },
      { name: 'longs', shape: [1, 2], dtype: 'I64', values: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n) },
    ])
    const file = openSafetensors(at('integers.safetensors'))
    expect(file.readIntegers('bytes')).toEqual(Int8Array.of(-128, 0, 127))
    expect(file.readIntegers('ints')).toEqual(Int32Array.of(-(2 ** 31), 2 ** 31 - 1))
    expect(file.readIntegers('longs')).toEqual(BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n))
    for (const { offset, bytes, shape } of file.tensors.values())
      expect(offset % (bytes / shape.reduce((a, b) => a * b, 1))).toBe(0)
    file.close()
  })

  test('longer than one chunk is converted whole', () => {
    const values = Float32Array.from({ length: 300_001 }, (_, i) => Math.fround(Math.sin(i)))
    for (const dtype of ['F16', 'BF16', 'F32'] as const) {
      writeSafetensors(at('long.safetensors'), [{ name: 'x', shape: [values.length], dtype, values }])
      const file = openSafetensors(at('long.safetensors'))
      const into = new Float32Array(values.length)
      file.readFloats('x', into)
      file.close()
      expect(into.every((value, i) => Math.abs(value - values[i]) <= Math.abs(values[i]) * 2 ** -8)).toBe(true)
    }
  })

  test('replaces the old one as a whole: a failed write leaves it as it was and nothing beside it', () => {
    const inside = at('replace')
    mkdirSync(inside)
    const path = join(inside, 'model.safetensors')
    writeSafetensors(path, [{ name: 'x', shape: [1], dtype: 'F32', values: Float32Array.of(1) }])
    const before = readFileSync(path)
    const bad = (value: number, dtype: 'F32' | 'F16' | 'BF16') => () =>
      writeSafetensors(path, [{ name: 'x', shape: [2], dtype, values: Float32Array.of(1, value) }])
    expectError(bad(Number.NaN, 'F32'), 'ERR_MODEL_FORMAT', `tensor 'x' is NaN at index 1`)
    expectError(bad(70000, 'F16'), 'ERR_MODEL_FORMAT', 'is 70000 at index 1', 'F16 cannot hold it')
    expectError(bad(3.4e38, 'BF16'), 'ERR_MODEL_FORMAT', 'BF16 cannot hold it')
    expect(readFileSync(path)).toEqual(before)
    expect(readdirSync(inside)).toEqual(['model.safetensors'])
    expectError(() => writeSafetensors(at('no/such/x.safetensors'), []), 'ERR_FILE', 'no such file or folder')
  })

  test.each([
    ['F16', 65519, 65504, 65520], // half-way from the largest, 65504, to 65536, which ends with a zero bit
    ['BF16', (2 - 2 ** -7.5) * 2 ** 127, (2 - 2 ** -7) * 2 ** 127, (2 - 2 ** -8) * 2 ** 127],
  ] as const)(
    'in %s holds what rounds to its largest number, and not what rounds to infinity',
    (dtype, near, largest, past) => {
      const path = at('largest.safetensors')
      const write = (value: number) =>
        writeSafetensors(path, [{ name: 'x', shape: [1], dtype, values: Float32Array.of(value) }])
      write(near)
      const read = new Float32Array(1)
      const file = openSafetensors(path)
      file.readFloats('x', read)
      file.close()
      expect(read[0]).toBe(largest)
      expectError(() => write(past), 'ERR_MODEL_FORMAT', `${dtype} cannot hold it`)
    },
  )

  test('names the index of what is not finite in a later chunk', () => {
    const values = new Float32Array(200_001)
    values[200_000] = Infinity
    const write = () => writeSafetensors(at('nan.safetensors'), [{ name: 'x', shape: [200_001], dtype: 'F32', values }])
    expectError(write, 'ERR_MODEL_FORMAT', `'x' is Infinity at index 200000`)
  })

  test('needs one name per tensor and shapes that fit', () => {
    const x = { name: 'x', shape: [1], dtype: 'F32' as const, values: Float32Array.of(1) }
    expectError(() => writeSafetensors(at('x.safetensors'), [x, x]), 'ERR_MODEL_FORMAT', `named 'x'`)
    expectError(
      () => writeSafetensors(at('x.safetensors'), [{ ...x, shape: [2] }]),
      'ERR_SHAPE',
      `'x' [2] has 1 values`,
    )
    expectError(() => writeSafetensors(at('x.safetensors'), null!), 'ERR_OPTION', 'a list of tensors was expected')
    const asBytes = { ...x, dtype: 'I8' } as unknown as TensorToWrite
    expectError(
      () => writeSafetensors(at('x.safetensors'), [asBytes]),
      'ERR_OPTION',
      `'x' needs its values in a Int8Array`,
    )
    const unknown = { ...x, dtype: 'F64' } as unknown as TensorToWrite
    expectError(() => writeSafetensors(at('x.safetensors'), [unknown]), 'ERR_OPTION', `'x' has dtype 'F64'`)
    expect(existsSync(at('x.safetensors'))).toBe(false)
  })

  test('is one that is read again: shapes and metadata that no reader takes are refused', () => {
    const path = at('none.safetensors')
    const values = new Float32Array(2)
    const write = (shape: unknown) => () =>
      writeSafetensors(path, [{ name: 'x', shape: shape as number[], dtype: 'F32', values }])
    for (const shape of [[-1, -2], [0.5, 4], [2, undefined, 1], ['2'], [2n], null, 2, new Array(1)])
      expectError(write(shape), 'ERR_SHAPE', `'x' needs a shape of non-negative integers, not `)
    for (const metadata of [{ steps: 7 }, { note: null }, { note: undefined }, 'x', ['x'], null])
      expectError(
        () => writeSafetensors(path, [], metadata as never),
        'ERR_OPTION',
        'must be an object of strings, not ',
      )
    expect(existsSync(path)).toBe(false)
  })
})

describe('a damaged file is named with its offset:', () => {
  const open = (header: string | Uint8Array | object, data: Uint8Array, length?: bigint) => () =>
    openSafetensors(rawSafetensors(at('bad.safetensors'), header, data, length))
  const bad = (run: () => unknown, ...parts: string[]) =>
    expectError(run, 'ERR_MODEL_FORMAT', at('bad.safetensors'), ...parts)
  const eight = floats(1, 2)

  test('shorter than the length of its header', () => {
    writeFileSync(at('bad.safetensors'), 'abc')
    bad(() => openSafetensors(at('bad.safetensors')), 'offset 3', 'ends within')
  })
  test('a header longer than the file', () =>
    bad(open('{}', eight, 100n), 'offset 18', 'header has 100 bytes and the file only 10'))
  test('a huge header', () => bad(open('{}', eight, 2n ** 62n), 'offset 0', 'more than'))
  test('an empty header', () => bad(open('', floats()), 'offset 0', 'cannot be JSON'))
  test('a header that is not UTF-8', () =>
    bad(open(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), eight), 'offset 10', 'not UTF-8'))
  test('a header that is not JSON', () => bad(open('{"é": 1,}', eight), 'offset 17', 'not valid JSON'))
  test('a header that is no object', () => bad(open('[1, 2]', eight), 'offset 8', `must begin with '{'`))
  test('a tensor named twice', () =>
    bad(
      open(`{"a":${JSON.stringify(f32([1], 0, 4))},"a":${JSON.stringify(f32([1], 4, 8))}}`, eight),
      'the key "a" stands twice',
    ))
  test('an unknown dtype', () =>
    bad(open({ a: { ...f32([2], 0, 8), dtype: 'F31' } }, eight), `'a'`, `unknown dtype 'F31'`))
  test('a dtype named like a method', () =>
    bad(open({ a: { ...f32([2], 0, 8), dtype: 'toString' } }, eight), 'unknown dtype'))
  test('an unknown key', () => bad(open({ a: { ...f32([2], 0, 8), x: 1 } }, eight), `unknown key 'x'`))
  test('no dtype', () => bad(open({ a: { shape: [2], data_offsets: [0, 8] } }, eight), 'has no dtype'))
  test('a negative length', () => bad(open({ a: f32([-2], 0, 8) }, eight), 'no shape'))
  test('a fractional length', () => bad(open({ a: f32([0.5, 4], 0, 8) }, eight), 'no shape'))
  test('an overflowing shape', () =>
    bad(open({ a: f32([2 ** 40, 2 ** 40, 2 ** 40], 0, 8) }, eight), 'has 8 bytes where'))
  test.each([[[0]], ['08']])('offsets that are none: %j', (data_offsets) =>
    bad(open({ a: { ...f32([2], 0, 8), data_offsets } }, eight), 'no data_offsets'),
  )
  test('an end before the beginning', () => bad(open({ a: f32([2], 8, 0) }, eight), 'before it begins'))
  test('data past the end of the file', () =>
    bad(open({ a: f32([4], 0, 16) }, eight), `[0, 16]`, 'only 8 bytes of data'))
  test('a shape that contradicts the bytes', () =>
    bad(open({ a: f32([3], 0, 8) }, eight), '8 bytes where F32 [3] takes 12'))
  test('overlapping tensors', () =>
    bad(open({ a: f32([2], 0, 8), b: f32([1], 4, 8) }, eight), `'b' overlaps tensor 'a'`))
  test('a hole between tensors', () =>
    bad(open({ a: f32([1], 0, 4), b: f32([1], 8, 12) }, floats(1, 2, 3)), `4 bytes between tensor 'a' and tensor 'b'`))
  test('bytes after the last tensor', () => bad(open({ a: f32([1], 0, 4) }, eight), `4 bytes after tensor 'a'`))
  test('wrong metadata', () =>
    bad(open({ __metadata__: { a: 1 } }, floats()), '__metadata__ must be an object of strings'))

  test('every prefix of a sound file', () => {
    rawSafetensors(at('whole.safetensors'), { a: f32([2], 0, 8) }, eight)
    const bytes = readFileSync(at('whole.safetensors'))
    for (let length = 0; length < bytes.length; length++) {
      writeFileSync(at('bad.safetensors'), bytes.subarray(0, length))
      bad(() => openSafetensors(at('bad.safetensors')), 'offset')
    }
  })

  test('no header crashes the reader, whatever it says', () => {
    const number = fc.oneof(fc.nat(20), fc.constantFrom(-1, 0.5, 1e300, 2 ** 53), fc.constant(null), fc.string())
    const entry = fc.oneof(
      fc.jsonValue(),
      fc.record({
        dtype: fc.constantFrom('F32', 'F16', 'BF16', 'I8', 'I64', 'U8', 'F4', '', 3),
        shape: fc.array(number, { maxLength: 3 }),
        data_offsets: fc.array(number, { maxLength: 3 }),
      }),
    )
    const json = fc.dictionary(fc.constantFrom('a', 'b', 'c', '__metadata__', '__proto__', ''), entry)
    const header = fc.oneof(
      json.map((value) => Buffer.from(JSON.stringify(value))),
      fc.uint8Array({ maxLength: 40 }),
    )
    const length = fc.option(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), { nil: undefined, freq: 3 })
    fc.assert(
      fc.property(header, fc.uint8Array({ maxLength: 24 }), length, (header, data, length) => {
        try {
          const file = open(header, data, length)()
          for (const [name, { bytes, dtype }] of file.tensors)
            if (dtype === 'F32') file.readFloats(name, new Float32Array(bytes / 4))
          file.close()
        } catch (error) {
          expect(error).toBeInstanceOf(GlassformerError)
          expect((error as Error).message).toContain(at('bad.safetensors'))
        }
      }),
      { numRuns: 1500 },
    )
  })

  test('a flipped byte in a sound header', () => {
    rawSafetensors(at('whole.safetensors'), { a: f32([2], 0, 8), b: f32([0], 8, 8) }, eight)
    const sound = readFileSync(at('whole.safetensors'))
    fc.assert(
      fc.property(fc.nat(sound.length - 1), fc.nat(255), (index, value) => {
        const bytes = Buffer.from(sound)
        bytes[index] = value
        writeFileSync(at('bad.safetensors'), bytes)
        try {
          openSafetensors(at('bad.safetensors')).close()
        } catch (error) {
          expect(error).toBeInstanceOf(GlassformerError)
        }
      }),
      { numRuns: 1000 },
    )
  })
})

describe('reading', () => {
  test.each([
    ['F32', Float32Array.of(1, Infinity)],
    ['F32', Float32Array.of(1, Number.NaN)],
    ['F16', Uint16Array.of(0, 0xfc00)],
    ['BF16', Uint16Array.of(0, 0x7fc0)],
  ])('refuses %s weights that are not finite, by name and index', (dtype, values) => {
    const data = new Uint8Array(values.buffer)
    const path = rawSafetensors(
      at('nan.safetensors'),
      { 'a.b': { dtype, shape: [2], data_offsets: [0, data.length] } },
      data,
    )
    const file = openSafetensors(path)
    expectError(() => file.readFloats('a.b', new Float32Array(2)), 'ERR_MODEL_FORMAT', path, `'a.b'`, 'at index 1')
    file.close()
  })

  test('names the index of an infinity in a later chunk', () => {
    const halves = new Uint16Array(400_000)
    halves[390_000] = 0x7c00
    const data = new Uint8Array(halves.buffer)
    const file = openSafetensors(
      rawSafetensors(
        at('nan.safetensors'),
        { a: { dtype: 'F16', shape: [400_000], data_offsets: [0, data.length] } },
        data,
      ),
    )
    expectError(() => file.readFloats('a', new Float32Array(400_000)), 'ERR_MODEL_FORMAT', 'Infinity at index 390000')
    const part = new Float32Array(20_000)
    expectError(() => file.readPart('a', 380_000, part), 'ERR_MODEL_FORMAT', 'Infinity at index 390000')
    file.close()
  })

  test('refuses other dtypes, places of another size, unknown names and closed files', () => {
    const file = openSafetensors(
      rawSafetensors(
        at('u8.safetensors'),
        { a: { dtype: 'U8', shape: [2], data_offsets: [0, 2] }, b: f32([1], 2, 6) },
        new Uint8Array(6),
      ),
    )
    expectError(() => file.readFloats('a', new Float32Array(2)), 'ERR_UNSUPPORTED', `'a' is U8`)
    expectError(() => file.readIntegers('a'), 'ERR_UNSUPPORTED', `'a' is U8`)
    expectError(() => file.readFloats('b', new Float32Array(2)), 'ERR_SHAPE', `'b' has 1 values`)
    for (const into of [new Float64Array(1), new Int16Array(1), [0], null])
      expectError(() => file.readFloats('b', into as never), 'ERR_OPTION', 'into a Float32Array')
    expectError(() => file.readPart('b', -1, new Float32Array(1)), 'ERR_SHAPE', 'from index -1 on')
    expectError(() => file.readPart('b', 0.5, new Float32Array(0)), 'ERR_SHAPE', 'from index 0.5 on')
    expectError(() => file.readPart('b', 1, new Float32Array(1)), 'ERR_SHAPE', 'no 1 values from index 1 on')
    expectError(() => file.readFloats('c', new Float32Array(2)), 'ERR_MODEL_FORMAT', `no tensor 'c'`)
    file.close()
    file.close()
    expectError(() => file.readFloats('b', new Float32Array(1)), 'ERR_CLOSED')
  })

  test.skipIf(process.platform === 'win32')(
    'does not wait for a named pipe (skipped on Windows, which has none)',
    () => {
      execFileSync('mkfifo', [at('pipe')])
      expectError(() => openSafetensors(at('pipe')), 'ERR_FILE', 'it is neither a file nor a folder')
    },
  )

  test('says which file is missing, a folder, a circle of links, or became shorter', () => {
    expectError(() => openSafetensors(at('none.safetensors')), 'ERR_FILE', at('none.safetensors'), 'no such file')
    expectError(() => openSafetensors(folder), 'ERR_FILE', 'it is a folder')
    symlinkSync(at('circle'), at('circle'))
    expectError(() => openSafetensors(at('circle')), 'ERR_FILE', 'circle')
    const file = openSafetensors(rawSafetensors(at('short.safetensors'), { a: f32([2], 0, 8) }, floats(1, 2)))
    truncateSync(at('short.safetensors'), statSync(at('short.safetensors')).size - 4)
    expectError(() => file.readFloats('a', new Float32Array(2)), 'ERR_FILE', 'became shorter')
    file.close()
  })
})

describe('a sharded folder', () => {
  let count = 0
  function shards(map: unknown, files: Record<string, Record<string, number>>): string {
    const path = at(`shards${count++}`)
    mkdirSync(path)
    writeFileSync(join(path, 'model.safetensors.index.json'), JSON.stringify({ weight_map: map }))
    for (const [name, tensors] of Object.entries(files))
      writeSafetensors(
        join(path, name),
        Object.entries(tensors).map(([name, value]) => ({
          name,
          shape: [1],
          dtype: 'F32',
          values: Float32Array.of(value),
        })),
      )
    return path
  }
  const one = '1.safetensors'
  const two = '2.safetensors'

  test('is one set of tensors', () => {
    const source = openModelTensors(
      new DiskFolder(shards({ a: one, b: two, c: one }, { [one]: { a: 1, c: 3 }, [two]: { b: 2 } })),
    )
    const value = new Float32Array(1)
    expect([...source.tensors.keys()].sort()).toEqual(['a', 'b', 'c'])
    for (const [name, expected] of [
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ] as const) {
      source.readFloats(name, value)
      expect(value[0]).toBe(expected)
    }
    source.close()
  })

  const bad = (folder: string, ...parts: string[]) =>
    expectError(
      () => openModelTensors(new DiskFolder(folder)),
      'ERR_MODEL_FORMAT',
      'model.safetensors.index.json',
      ...parts,
    )
  test('must hold what its index says', () =>
    bad(shards({ a: one, b: one }, { [one]: { a: 1 } }), `'b' in ${one}, which does not`))
  test('must hold nothing else', () =>
    bad(shards({ a: one }, { [one]: { a: 1, b: 1 } }), `'b' lies in ${one}`, 'nowhere'))
  test('must hold nothing twice', () =>
    bad(shards({ a: one, b: two }, { [one]: { a: 1 }, [two]: { a: 1, b: 2 } }), `'a' lies in ${two}`, `in ${one}`))
  test('must lie in the folder', () => bad(shards({ a: '../1.safetensors' }, {}), 'no safetensors file of this folder'))
  test.each(['..\\1.safetensors', '1.bin', 3])('must lie in safetensors files, not %j', (file) =>
    bad(shards({ a: file }, {}), JSON.stringify(file), 'no safetensors file of this folder'),
  )
  test.each([[], {}])('must have a map, not %j', (map) => bad(shards(map, {}), 'weight_map'))
  test('must have all its files', () =>
    expectError(
      () => openModelTensors(new DiskFolder(shards({ a: one, b: two }, { [one]: { a: 1 } }))),
      'ERR_FILE',
      two,
      'no such file',
    ))
})

import { readFileSync } from 'node:fs'
import { inflateRawSync } from 'node:zlib'

/** An array of numpy: float32 and int16 as they are, float64 and integers as numbers. */
export interface NumpyArray {
  shape: number[]
  values: ArrayLike<number>
}

/** The arrays of a compressed .npz of goldens, which numpy wrote; the package's own reader is for models, and strict. */
export function npzArrays(path: string): Map<string, NumpyArray> {
  const file = readFileSync(path)
  const arrays = new Map<string, NumpyArray>()
  const end = file.lastIndexOf('PK\x05\x06', undefined, 'latin1')
  let at = file.readUInt32LE(end + 16)
  for (let count = file.readUInt16LE(end + 10); count > 0; count--) {
    const [method, size, nameLength] = [
      file.readUInt16LE(at + 10),
      file.readUInt32LE(at + 20),
      file.readUInt16LE(at + 28),
    ]
    const name = file.toString('utf8', at + 46, at + 46 + nameLength)
    const local = file.readUInt32LE(at + 42)
    const from = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28)
    const data = file.subarray(from, from + size)
    arrays.set(name.replace(/\.npy$/, ''), npyArray(method === 8 ? inflateRawSync(data) : data))
    at += 46 + nameLength + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32)
  }
  return arrays
}

const types = {
  '<f4': Float32Array,
  '<f8': Float64Array,
  '<i2': Int16Array,
  '<i4': Int32Array,
  '<i8': BigInt64Array,
  '|b1': Uint8Array,
}

function npyArray(bytes: Buffer): NumpyArray {
  const length = bytes[6] === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8)
  const from = (bytes[6] === 1 ? 10 : 12) + length
  const header = bytes.toString('latin1', from - length, from)
  const type = /'descr': '([^']+)'/.exec(header)![1] as keyof typeof types
  if (!types[type]) throw new Error(`numpy: ${header}`)
  const shape = Array.from(/\(([^)]*)\)/.exec(header)![1]!.matchAll(/\d+/g), ([size]) => Number(size))
  const array = new types[type](new Uint8Array(bytes.subarray(from)).buffer)
  const values = array instanceof BigInt64Array ? Array.from(array, Number) : array
  return { shape, values: header.includes("'fortran_order': True") ? byRows(values, shape) : values }
}

/** A matrix that is stored column by column, row by row. */
function byRows(values: ArrayLike<number>, [rows, width]: number[]): Float64Array {
  return Float64Array.from({ length: rows! * width! }, (_, i) => values[(i % width!) * rows! + Math.floor(i / width!)]!)
}

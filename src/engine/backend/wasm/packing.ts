import { GlassformerError } from '../../../base/errors.ts'
import type { Packed, Packing } from '../backend.ts'
import { PANEL, valuesPerWord } from '../packed.ts'
import type { WasmInstance } from './instance.ts'
import { ENCODINGS } from './program-words.ts'

/** Packs weights in WebAssembly's memory; their rows may lie in any memory. */
export function packingIn(instance: WasmInstance): Packing {
  return {
    store: (floats) => instance.array('float32', floats),
    packRows: (packed, first, count, values) => pack(instance, packed, first, { count, values }),
    packQuantized: (packed, first, { values, scales }) =>
      pack(instance, packed, first, { count: scales.length, values, scales }),
  }
}

/** Maximum width of an int8 weight, as in native/core/packed_layout.h. */
const MOST_INT8_WIDTH = Math.floor(2147483647 / (127 * 128))

function expect(condition: boolean, what: string): void {
  if (!condition) throw new GlassformerError('ERR_SHAPE', what)
}

/** Checks that rows [first, first + count) of `width` values are rows of a packed weight that lies in this memory. */
function check(instance: WasmInstance, packed: Packed, first: number, count: number, width: number): void {
  const { values, depth } = packed
  const lanes = values.length / depth
  expect(instance.has(values), 'WebAssembly packs weights in its own memory: take its `store`')
  expect(
    Number.isInteger(lanes / PANEL) && depth % valuesPerWord(packed) === 0 && width <= depth,
    'a packed weight must be whole panels that are as deep as its rows are wide',
  )
  expect(Number.isInteger(width), 'values must be whole rows')
  expect(first >= 0 && first + count <= lanes, 'a packed weight has no such rows')
  if (packed.encoding !== 'int8') return
  expect(width <= MOST_INT8_WIDTH, 'a row of so many values cannot be packed as int8, take another encoding')
  const { scales, sums } = packed
  expect(
    [scales, sums].every((array) => instance.has(array) && array.length >= lanes),
    'a packed weight must have a scale and a sum for each row',
  )
}

function pack(
  instance: WasmInstance,
  packed: Packed,
  first: number,
  { count, values, scales }: { count: number; values: Float32Array | Int8Array; scales?: Float32Array },
): void {
  if (count === 0) return
  const width = values.length / count
  check(instance, packed, first, count, width)
  const [encoding, words] = [ENCODINGS.indexOf(packed.encoding), packed.depth / valuesPerWord(packed)]
  const [ofScales, ofSums] = packed.encoding === 'int8' ? [packed.scales.byteOffset, packed.sums.byteOffset] : [0, 0]
  inMemory(instance, values, (from) => {
    const packFrom = (fromScales: number) =>
      instance.guarded((exports) =>
        exports.pack(
          encoding,
          packed.values.byteOffset,
          words,
          ofScales,
          ofSums,
          first,
          count,
          width,
          from,
          fromScales,
        ),
      )
    if (scales) inMemory(instance, scales, packFrom)
    else packFrom(0)
  })
}

/** Calls use(address) with an array that lies in this memory, or with a copy of it. */
function inMemory(instance: WasmInstance, array: Float32Array | Int8Array, use: (address: number) => void): void {
  if (instance.has(array)) return use(array.byteOffset)
  const address = instance.allocate(Math.max(1, array.byteLength))
  try {
    instance.bytesAt(address, array.byteLength).set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
    use(address)
  } finally {
    instance.release(address)
  }
}

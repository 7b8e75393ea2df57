import { GlassformerError } from '../../../base/errors.ts'
import type { Packed, PackedInt4, Packing, QuantizedInt4 } from '../interface/backend.ts'
import { INT4_GROUP, PANEL, packedRows, wordsInRow } from '../interface/packed.ts'
import type { WasmInstance } from './instance.ts'
import { ENCODINGS } from './program-words.ts'

/** Packs weights in WebAssembly's memory; their rows may lie in any memory. */
export function packingIn(instance: WasmInstance): Packing {
  return {
    store: (floats) => instance.array('float32', floats),
    packRows: (packed, first, count, values) => pack(instance, packed, first, { count, values }),
    packQuantized: (packed, first, { values, scales }) =>
      pack(instance, packed, first, { count: scales.length, values, scales }),
    packInt4: (packed, first, count, rows) => packInt4(instance, packed, first, count, rows),
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
  const lanes = packedRows(packed)
  expect(instance.has(values), 'WebAssembly packs weights in its own memory: take its `store`')
  expect(
    Number.isInteger(lanes / PANEL) && Number.isInteger(wordsInRow(packed)) && width <= depth,
    'a packed weight must be whole panels that are as deep as its rows are wide',
  )
  expect(Number.isInteger(width), 'values must be whole rows')
  expect(first >= 0 && first + count <= lanes, 'a packed weight has no such rows')
  if (packed.encoding !== 'int8' && packed.encoding !== 'int4') return
  const { encoding } = packed
  expect(width <= MOST_INT8_WIDTH, `a row of so many values cannot be packed as ${encoding}, take another encoding`)
  const beside = encoding === 'int8' ? [packed.scales, packed.sums] : [packed.scales]
  expect(
    beside.every((array) => instance.has(array) && array.length >= lanes),
    `a packed weight must have a scale ${encoding === 'int8' ? 'and a sum ' : ''}for each row`,
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
  const [encoding, words] = [ENCODINGS.indexOf(packed.encoding), wordsInRow(packed)]
  const ofScales = 'scales' in packed ? packed.scales.byteOffset : 0
  const ofSums = packed.encoding === 'int8' ? packed.sums.byteOffset : 0
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

function packInt4(
  instance: WasmInstance,
  packed: PackedInt4,
  first: number,
  count: number,
  { integers, scales }: QuantizedInt4,
) {
  if (count === 0) return
  const groups = scales.length / count
  check(instance, packed, first, count, (groups - 1) * INT4_GROUP + 1)
  expect(integers.length === scales.length * (INT4_GROUP / 2), 'integers must be 16 bytes for each scale')
  const words = wordsInRow(packed)
  const to = [packed.values.byteOffset, words, packed.scales.byteOffset, first, count, groups] as const
  inMemory(instance, integers, (from) =>
    inMemory(instance, scales, (fromScales) =>
      instance.guarded((exports) => exports.pack_int4(...to, from, fromScales)),
    ),
  )
}

/** Calls use(address) with an array that lies in this memory, or with a copy of it. */
function inMemory(
  instance: WasmInstance,
  array: Float32Array | Int8Array | Uint8Array,
  use: (address: number) => void,
): void {
  if (instance.has(array)) return use(array.byteOffset)
  const address = instance.allocate(Math.max(1, array.byteLength))
  try {
    instance.bytesAt(address, array.byteLength).set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
    use(address)
  } finally {
    instance.release(address)
  }
}

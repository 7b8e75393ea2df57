import { GlassformerError, shownJson } from '../../base/errors.ts'
import { LARGEST_HEADER } from '../../base/limits.ts'
import { entryOf } from '../../base/present.ts'
import type { RandomAccess } from '../disk/folder.ts'
import { decodeUtf8 } from '../disk/utf8.ts'
import { countOf, type MarianItem, type MarianStorage } from './marian-item.ts'

/** The version of Marian's binary files. */
const VERSION = 1
/** The version of encrypted files. */
const ENCRYPTED = 2_000_000_000

/** The sizes of the version and item numbers, of an item's header, and of the padding before the values. */
const BEGINNING = 16
const HEADER = 32
const PADDING = 8

/** Marian's type numbers of items; older forks of browsermt count intgemm as signed integers. */
const storages: ReadonlyMap<number, MarianStorage> = new Map<number, MarianStorage>([
  [0x101, { kind: 'int8' }],
  [0x402, { kind: 'float16' }],
  [0x404, { kind: 'float32' }],
  ...[0x4101, 0x10001].map((code) => [code, { kind: 'intgemm8', lane: null }] as const),
  ...[0x4102, 0x10002].map((code) => [code, { kind: 'intgemm16', lane: null }] as const),
  // For SSSE3, AVX2, AVX-512 and AVX512-VNNI.
  [0x18001, { kind: 'intgemm8', lane: 16 }],
  [0x11001, { kind: 'intgemm8', lane: 32 }],
  ...[0x12001, 0x13001].map((code) => [code, { kind: 'intgemm8', lane: 64 }] as const),
  // For SSE2, AVX2 and AVX-512.
  [0x14002, { kind: 'intgemm16', lane: 8 }],
  [0x11002, { kind: 'intgemm16', lane: 16 }],
  [0x12002, { kind: 'intgemm16', lane: 32 }],
])

/** Types of weights that FBGEMM packs for one kind of machine. */
const ofFbgemm: ReadonlyMap<number, string> = new Map([
  [0x802, 'packed16'],
  [0x1801, 'packed8avx2'],
  [0x2801, 'packed8avx512'],
])

const valueBytes = { float32: 4, float16: 2, int8: 1, intgemm8: 1, intgemm16: 2 } as const

/**
 * The items of a `.bin` of Marian, by name: version and number of items, a header for each, then all names, all shapes, padding, and all
 * values, which must fill the file to its end.
 * @throws GlassformerError ERR_MODEL_FORMAT with the offset, for a file that is damaged or cut short; ERR_UNSUPPORTED for one that is
 * encrypted, or packed for one kind of machine by FBGEMM
 */
export function readMarianBinary(file: RandomAccess): Map<string, MarianItem> {
  const { path } = file
  const reader = new Reader(file)
  const version = reader.number(0, 'the version')
  if (version === ENCRYPTED)
    throw new GlassformerError('ERR_UNSUPPORTED', `${path}, offset 0: the model is encrypted, and cannot be read here`)
  if (version !== VERSION)
    throw damaged(path, 0, `the version is ${version} where Marian's binary models have ${VERSION}`)
  const count = reader.number(8, 'the number of items')
  if (count * HEADER > file.size - BEGINNING)
    throw damaged(path, 8, `${count} items have no room in a file of ${file.size} bytes: it is cut short or damaged`)
  const headers = Array.from({ length: count }, (_, i) => readHeader(reader, BEGINNING + i * HEADER))
  let at = BEGINNING + count * HEADER
  const names = headers.map(({ nameBytes }) => {
    at += nameBytes
    return reader.name(at - nameBytes, nameBytes)
  })
  const shapes = headers.map(({ axes }, i) => {
    at += 4 * axes
    return reader.shape(at - 4 * axes, axes, names[i])
  })
  const padding = reader.number(at, 'the padding')
  if (padding > file.size - at - PADDING) throw damaged(path, at, `a padding of ${padding} bytes goes on past the file`)
  at += PADDING + padding
  const items = new Map<string, MarianItem>()
  headers.forEach(({ type, bytes, offset }, i) => {
    const name = names[i]
    if (items.has(name)) throw damaged(path, offset, `two items are named ${shownJson(name)}`)
    if (bytes > file.size - at)
      throw damaged(
        path,
        offset,
        `${shownJson(name)} has ${bytes} bytes from offset ${at} on, past the end of the file at ${file.size}: it is cut short; fetch it again`,
      )
    items.set(name, { storage: storageOf(type, name, offset, path), shape: shapes[i], offset: at, bytes })
    checkBytes(entryOf(items, name), name, offset, path)
    at += bytes
  })
  if (at !== file.size) throw damaged(path, at, `${file.size - at} bytes after the last item belong to none`)
  return items
}

function readHeader(reader: Reader, offset: number) {
  return {
    offset,
    nameBytes: reader.number(offset, 'the length of a name'),
    type: reader.number(offset + 8, 'the type of an item'),
    axes: reader.number(offset + 16, 'the number of axes'),
    bytes: reader.number(offset + 24, 'the size of an item'),
  }
}

function storageOf(type: number, name: string, offset: number, path: string): MarianStorage {
  const storage = storages.get(type)
  if (storage) return storage
  const packed = ofFbgemm.get(type)
  if (packed)
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${path}, offset ${offset}: ${shownJson(name)} is packed by FBGEMM for one kind of machine (${packed}), and cannot be read here; take the model's .npz, or convert that by marian-conv --gemm-type intgemm8`,
    )
  throw damaged(path, offset, `${shownJson(name)} is of the unknown type 0x${type.toString(16)}`)
}

/** Values may be followed by padding. The integers of intgemm are followed by a multiplier of 4 bytes. */
function checkBytes({ storage, shape, bytes }: MarianItem, name: string, offset: number, path: string): void {
  const multiplier = 'lane' in storage ? 4 : 0
  const needed = countOf(shape) * valueBytes[storage.kind] + multiplier
  if (needed > bytes)
    throw damaged(
      path,
      offset,
      `${shownJson(name)} has ${bytes} bytes where ${storage.kind} [${shape.join(', ')}] takes ${needed}`,
    )
}

/** Reads numbers, names and shapes; missing or out-of-range values are errors with the offset. */
class Reader {
  readonly #file: RandomAccess

  constructor(file: RandomAccess) {
    this.#file = file
  }

  #bytes(offset: number, count: number, what: string): DataView {
    if (count > LARGEST_HEADER) throw damaged(this.#file.path, offset, `${what} of ${count} bytes: this is no model`)
    if (offset + count > this.#file.size)
      throw damaged(this.#file.path, offset, `the file ends within ${what}: it is cut short; fetch it again`)
    const into = new Uint8Array(count)
    this.#file.read(into, offset)
    return new DataView(into.buffer)
  }

  number(offset: number, what: string): number {
    const value = Number(this.#bytes(offset, 8, what).getBigUint64(0, true))
    if (!Number.isSafeInteger(value)) throw damaged(this.#file.path, offset, `${what} is out of range`)
    return value
  }

  /** A name that ends with a zero byte. */
  name(offset: number, count: number): string {
    const bytes = this.#bytes(offset, count, 'a name')
    const name = decodeUtf8(new Uint8Array(bytes.buffer, 0, Math.max(0, count - 1)))
    if (!name || name.includes('\0') || bytes.getUint8(count - 1) !== 0)
      throw damaged(this.#file.path, offset, 'the name of an item is no text with a zero after it')
    return name
  }

  shape(offset: number, axes: number, name: string): number[] {
    const bytes = this.#bytes(offset, 4 * axes, 'a shape')
    const shape = Array.from({ length: axes }, (_, i) => bytes.getInt32(4 * i, true))
    if (shape.some((length) => length < 0) || !Number.isSafeInteger(countOf(shape)))
      throw damaged(this.#file.path, offset, `${shownJson(name)} has the impossible shape [${shape.join(', ')}]`)
    return shape
  }
}

const damaged = (path: string, offset: number, what: string) =>
  new GlassformerError('ERR_MODEL_FORMAT', `${path}, offset ${offset}: ${what}`)

import { areSameBytes, latin1Of } from '../../base/bytes.ts'
import { GlassformerError, shownJson } from '../../base/errors.ts'
import type { RandomAccess } from '../disk/folder.ts'
import { type Member, zipMembers } from '../zip/zip.ts'
import { countOf, type MarianItem, type MarianStorage } from './marian-item.ts'

const MAGIC = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59) // \x93NUMPY
const VERSION_BYTES = 2

/** The maximum length of an array's header; a matrix's takes 128 bytes. */
const LONGEST_HEADER = 1 << 16

/** The numpy types found in models. */
const storages: Readonly<Record<string, MarianStorage>> = {
  '<f4': { kind: 'float32' },
  '<f2': { kind: 'float16' },
  ...Object.fromEntries(['|i1', '<i1', '|u1', '<u1', '|S1'].map((type) => [type, { kind: 'int8' }] as const)),
}

/**
 * The arrays of a `.npz` by name; a `.npz` is a zip archive of `.npy` files without compression. Arrays of pickled
 * objects are refused, because unpickling would run code.
 * @throws GlassformerError ERR_MODEL_FORMAT with the offset, for a damaged or truncated file; ERR_UNSUPPORTED for a
 * compressed or encrypted archive, for pickled objects, and for numeric types not found in models
 */
export function readNpz(file: RandomAccess): Map<string, MarianItem> {
  const items = new Map<string, MarianItem>()
  for (const [name, member] of zipMembers(file)) {
    if (!name.endsWith('.npy'))
      throw damaged(file, member.offset, `${shownJson(name)} is no array (.npy) where a .npz has these alone`)
    items.set(name.slice(0, -'.npy'.length), readNpy(file, name, member))
  }
  return items
}

function readNpy(file: RandomAccess, name: string, { offset, size }: Member): MarianItem {
  const fail = (at: number, what: string) => damaged(file, offset + at, `${shownJson(name)} ${what}`)
  const bytesAt = (at: number, count: number) => {
    if (at + count > size) throw fail(at, 'ends within its header: it is cut short')
    const into = new Uint8Array(count)
    file.read(into, offset + at)
    return into
  }
  if (!areSameBytes(bytesAt(0, MAGIC.length), MAGIC)) throw fail(0, 'does not begin as an array of numpy does')
  const [major] = bytesAt(MAGIC.length, VERSION_BYTES)
  if (major < 1 || major > 3) throw fail(MAGIC.length, `is of the unknown version ${major}`)
  const lengthAt = MAGIC.length + VERSION_BYTES
  const lengthBytes = major === 1 ? 2 : 4
  const length = bytesAt(lengthAt, lengthBytes).reduceRight((value, byte) => 256 * value + byte, 0)
  const headerAt = lengthAt + lengthBytes
  if (length > LONGEST_HEADER)
    throw fail(lengthAt, `has a header of ${length} bytes, more than an array of a model needs`)
  const header = latin1Of(bytesAt(headerAt, length))
  const { type, byColumns, shape } = described(header, (what) => fail(headerAt, what))
  const storage = Object.hasOwn(storages, type) ? storages[type] : undefined
  if (!storage)
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${file.path}, offset ${offset + headerAt}: ${shownJson(name)} ${refusal(type)}`,
    )
  const data = headerAt + length
  const needed = countOf(shape) * { float32: 4, float16: 2, int8: 1 }[storage.kind as 'float32' | 'float16' | 'int8']
  if (needed !== size - data)
    throw fail(headerAt, `has ${size - data} bytes of data where ${type} [${shape.join(', ')}] takes ${needed}`)
  return { storage, shape, offset: offset + data, bytes: needed, byColumns: byColumns && shape.length > 1 }
}

/** The reason why a type is not read. */
const refusal = (type: string) =>
  /O/.test(type)
    ? 'is made of pickled objects, which could run code, and is refused; store arrays of numbers alone'
    : `has numbers of the type ${shownJson(type)}; '<f4' and '<f2' can be read here: convert it`

/** The content of an array's header: a Python dictionary with three keys. */
function described(header: string, fail: (what: string) => GlassformerError) {
  const type = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1]
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1]
  const shape = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(header)?.[1]
  if (/'descr'\s*:\s*\[/.test(header)) throw fail('has numbers of several types in each element')
  if (!/^\{.*\}\s*$/s.test(header) || type === undefined || !order || shape === undefined)
    throw fail("has a header that is not numpy's: descr, fortran_order and shape")
  const lengths = shape
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(Number)
  if (!lengths.every(Number.isSafeInteger) || !Number.isSafeInteger(countOf(lengths)))
    throw fail(`has the impossible shape (${shape})`)
  return { type, byColumns: order === 'True', shape: lengths }
}

const damaged = ({ path }: RandomAccess, offset: number, what: string) =>
  new GlassformerError('ERR_MODEL_FORMAT', `${path}, offset ${offset}: ${what}`)

import { latin1Of } from '../../base/bytes.ts'
import { GlassformerError } from '../../base/errors.ts'
import { LARGEST_PICKLE } from '../../base/limits.ts'
import { entryOf } from '../../base/present.ts'
import { isMap } from '../../base/values/value-class.ts'
import type { OpenFile, RandomAccess } from '../disk/folder.ts'
import { zipMembers } from '../zip/zip.ts'
import { type Pickled, type PickleWorld, readPickle } from './pickle.ts'
import { elementBytes, isShape, type TensorEntry } from './safetensors-header.ts'
import { TensorFile } from './tensor-file.ts'

/**
 * A file of weights as torch.save writes it: a zip archive with a pickle and the memory of the tensors, or, before
 * PyTorch 1.6, pickles with that memory after them. Only tensors are read: the pickle may call only functions that
 * make tensors and dictionaries, and no code is run.
 * @throws GlassformerError ERR_UNSUPPORTED for any other call in the pickle, and for compressed archives;
 * ERR_MODEL_FORMAT for a damaged or truncated file; ERR_FILE
 */
export const pyTorchFile = (file: OpenFile): TensorFile => new TensorFile(file, readEntries)

/** The types of PyTorch's storages, by their names in safetensors. */
const dtypes: Readonly<Record<string, string>> = {
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  DoubleStorage: 'F64',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
}

/** A type of storages. */
class StorageType {
  readonly dtype: string

  constructor(dtype: string) {
    this.dtype = dtype
  }
}

/** Memory of `count` values that holds tensors; `offset` is its position in the file, which is known at the end. */
class Storage {
  readonly key: string
  readonly dtype: string
  readonly count: number
  offset = 0

  constructor(key: string, dtype: string, count: number) {
    this.key = key
    this.dtype = dtype
    this.count = count
  }

  get bytes(): number {
    return this.count * elementBytes[this.dtype]
  }
}

/** A tensor in a storage, with its first value at index `first`. */
class StoredTensor {
  readonly storage: Storage
  readonly first: number
  readonly shape: readonly number[]
  readonly strides: readonly number[]

  constructor(storage: Storage, first: number, shape: readonly number[], strides: readonly number[]) {
    this.storage = storage
    this.first = first
    this.shape = shape
    this.strides = strides
  }
}

const makesDictionary = { makes: 'a dictionary' }
const makesTensor = { makes: 'a tensor' }
const makesParameter = { makes: 'a parameter' }

/** The functions that a pickle may name. */
const functions: Readonly<Record<string, object>> = {
  'collections.OrderedDict': makesDictionary,
  'torch._utils._rebuild_tensor_v2': makesTensor,
  'torch._utils._rebuild_parameter': makesParameter,
}

/** The objects that the pickles of one file refer to. */
class Tensors implements PickleWorld {
  readonly #path: string
  readonly storages = new Map<string, Storage>()

  constructor(path: string) {
    this.#path = path
  }

  find(module: string, name: string): object {
    const global = `${module}.${name}`
    if (Object.hasOwn(functions, global)) return functions[global]
    if (module === 'torch' && Object.hasOwn(dtypes, name)) return new StorageType(dtypes[name])
    throw refused(this.#path, `its pickle asks for ${global}`)
  }

  call(global: Pickled, args: readonly Pickled[]): Pickled {
    if (global === makesDictionary && !args.length) return new Map()
    if (global === makesParameter && args[0] instanceof StoredTensor) return args[0]
    if (global === makesTensor) return this.#tensor(args)
    throw refused(this.#path, 'its pickle calls what makes no tensor')
  }

  #tensor([storage, first, shape, strides]: readonly Pickled[]): StoredTensor {
    if (!(storage instanceof Storage) || !isShape([first]) || !isShape(shape) || !isShape(strides))
      throw damaged(this.#path, 'a tensor is not described as PyTorch does it')
    if (shape.length !== strides.length) throw damaged(this.#path, 'a tensor has not a stride for each axis')
    const count = countOf(shape)
    const reach = shape.reduce((last, length, axis) => last + (length - 1) * strides[axis], first as number) + 1
    if (count > storage.count || (count > 0 && reach > storage.count))
      throw damaged(
        this.#path,
        `a tensor [${shape.join(', ')}] is larger than the ${storage.count} values of its storage`,
      )
    return new StoredTensor(storage, first as number, shape, strides)
  }

  persistent(id: Pickled): Pickled {
    const [kind, type, key, , count, view] = Array.isArray(id) ? id : []
    if (kind !== 'storage' || !(type instanceof StorageType) || typeof key !== 'string' || !isShape([count]))
      throw refused(this.#path, 'its pickle refers to what is no storage of a known type')
    if (view !== undefined && view !== null) throw refused(this.#path, 'a storage is a part of another one')
    const name = `${key} ${type.dtype}`
    const storage = this.storages.get(name) ?? new Storage(key, type.dtype, count)
    if (storage.count !== count) throw damaged(this.#path, `storage ${key} has two sizes`)
    this.storages.set(name, storage)
    return storage
  }
}

function readEntries(file: RandomAccess): Map<string, TensorEntry> {
  const first = new Uint8Array(4)
  if (file.size >= 4) file.read(first, 0)
  if (first[0] === 0x50 && first[1] === 0x4b) return readArchive(file)
  if (first[0] === 0x80) return readOldFile(file)
  throw damaged(file.path, 'it is no file of torch.save, which is a zip archive or a pickle; fetch it again')
}

/** An archive has its pickle in data.pkl, and each storage in a separate file data/KEY. */
function readArchive(file: RandomAccess): Map<string, TensorEntry> {
  const members = zipMembers(file)
  const pickles = [...members.keys()].filter((name) => /^([^/]+\/)?data\.pkl$/.test(name))
  if (pickles.length !== 1)
    throw damaged(file.path, `the archive has ${pickles.length} files data.pkl, and one is needed`)
  const folder = pickles[0].slice(0, -'data.pkl'.length)
  const bytesOf = (name: string) => {
    const { offset, size } = entryOf(members, name)
    if (size > LARGEST_PICKLE)
      throw damaged(
        file.path,
        `${name} has ${size} bytes, more than the ${LARGEST_PICKLE} that a pickle of tensors may have`,
      )
    const bytes = new Uint8Array(size)
    file.read(bytes, offset)
    return bytes
  }
  if (members.has(`${folder}byteorder`) && latin1Of(bytesOf(`${folder}byteorder`)) !== 'little')
    throw refused(file.path, 'its numbers have the highest byte first')
  const tensors = new Tensors(file.path)
  const { value } = readPickle(bytesOf(pickles[0]), tensors, `${file.path}: data.pkl`)
  for (const storage of tensors.storages.values()) {
    const member = members.get(`${folder}data/${storage.key}`)
    if (!member || member.size < storage.bytes)
      throw damaged(file.path, `storage ${storage.key} ${member ? 'is cut short' : 'is missing'}; fetch the file again`)
    storage.offset = member.offset
  }
  return entriesOf(value, file.path)
}

/** The magic number of PyTorch's files before 1.6, and the version of their layout. */
const MAGIC = 0x1950a86a20f9469cfc6cn
const VERSION = 1001

/**
 * Four pickles (the magic number, the version, the sizes of numbers and the tensors); then the keys of the storages,
 * and their values.
 */
function readOldFile(file: RandomAccess): Map<string, TensorEntry> {
  const bytes = new Uint8Array(Math.min(file.size, LARGEST_PICKLE))
  file.read(bytes, 0)
  const tensors = new Tensors(file.path)
  let at = 0
  const next = () => {
    const { value, end } = readPickle(bytes.subarray(at), tensors, file.path, at)
    at += end
    return value
  }
  if (next() !== MAGIC || next() !== VERSION) throw refused(file.path, 'it is a pickle, and no file of torch.save')
  const system = next()
  if (!isMap(system) || system.get('little_endian') !== true)
    throw refused(file.path, 'its numbers have the highest byte first')
  const value = next()
  const keys = next()
  const byKey = new Map([...tensors.storages.values()].map((storage) => [storage.key, storage]))
  if (!Array.isArray(keys) || byKey.size !== tensors.storages.size)
    throw damaged(file.path, 'the keys of its storages are no list')
  for (const key of keys) at = placeStorage(file, byKey.get(key), key, at)
  if (keys.length !== byKey.size) throw damaged(file.path, 'a storage is missing')
  return entriesOf(value, file.path)
}

/** A storage is the number of its values in 8 bytes, and the values. Returns the offset of the next storage. */
function placeStorage(file: RandomAccess, storage: Storage | undefined, key: unknown, at: number): number {
  if (!storage || storage.offset) throw damaged(file.path, `there is no tensor of storage ${key}, or it is there twice`)
  const count = new BigInt64Array(1)
  const end = at + 8 + storage.bytes
  if (end > file.size) throw damaged(file.path, `storage ${key} is cut short; fetch the file again`)
  file.read(new Uint8Array(count.buffer), at)
  if (count[0] !== BigInt(storage.count))
    throw damaged(file.path, `storage ${key} has ${count[0]} values, not ${storage.count}`)
  storage.offset = at + 8
  return end
}

/** The tensors of a dictionary by name. */
function entriesOf(value: Pickled, path: string): Map<string, TensorEntry> {
  if (!isMap(value)) throw refused(path, 'it holds no dictionary of tensors')
  const entries = new Map<string, TensorEntry>()
  for (const [name, tensor] of value as Map<Pickled, Pickled>) {
    if (typeof name !== 'string') throw refused(path, 'the name of a tensor is no text')
    if (!(tensor instanceof StoredTensor)) throw refused(path, `'${name}' is no tensor`)
    entries.set(name, tensorEntry(name, tensor, path))
  }
  return entries
}

function tensorEntry(name: string, { storage, first, shape, strides }: StoredTensor, path: string): TensorEntry {
  const { dtype, offset } = storage
  const size = elementBytes[dtype]
  const entry = { dtype, shape, offset: offset + first * size, bytes: countOf(shape) * size }
  if (liesInOrder(shape, strides)) return entry
  if (dtype !== 'F32' && dtype !== 'F16' && dtype !== 'BF16')
    throw refused(path, `'${name}' is ${dtype}, and its values do not lie one after the other`)
  return { ...entry, strides }
}

const countOf = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1)

function liesInOrder(shape: readonly number[], strides: readonly number[]): boolean {
  let step = 1
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== step) return false
    step *= shape[axis]
  }
  return true
}

const damaged = (path: string, what: string) => new GlassformerError('ERR_MODEL_FORMAT', `${path}: ${what}`)

const refused = (path: string, what: string) =>
  new GlassformerError(
    'ERR_UNSUPPORTED',
    `${path}: ${what}, which is refused: only tensors by name are read from files of PyTorch, and nothing is run; convert it to safetensors`,
  )

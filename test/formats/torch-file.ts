/** Files as torch.save writes them, put together byte by byte. */

/** Pieces of a pickle: numbers are bytes, texts are their UTF-8. */
export const bytesOf = (...parts: (number | string | Uint8Array)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part))))

const u32 = (value: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32LE(value)
  return bytes
}

export const text = (value: string) => bytesOf('X', u32(Buffer.byteLength(value)), value)
export const integer = (value: number) => bytesOf('J', u32(value >>> 0))
export const tuple = (...items: Uint8Array[]) => bytesOf('(', ...items, 't')
export const global = (module: string, name: string) => bytesOf('c', module, '\n', name, '\n')
export const call = (callee: Uint8Array, ...args: Uint8Array[]) => bytesOf(callee, tuple(...args), 'R')

export interface TensorParts {
  type?: string
  key?: string
  /** Values of the storage. */
  count: number
  first?: number
  shape: number[]
  strides: number[]
}

/** The call that makes a tensor; `old` has the sixth part of a persistent id that PyTorch had before 1.6. */
export function tensor(
  { type = 'FloatStorage', key = '0', count, first = 0, shape, strides }: TensorParts,
  old = false,
) {
  const id = [
    text('storage'),
    global('torch', type),
    text(key),
    text('cpu'),
    integer(count),
    ...(old ? [bytesOf('N')] : []),
  ]
  const storage = bytesOf(tuple(...id), 'Q')
  const sizes = [shape, strides].map((list) => tuple(...list.map(integer)))
  const hooks = call(global('collections', 'OrderedDict'))
  return call(global('torch._utils', '_rebuild_tensor_v2'), storage, integer(first), ...sizes, bytesOf(0x89), hooks)
}

/** The pickle of a dictionary of these values. */
export function dictionary(entries: Record<string, Uint8Array>): Buffer {
  const items = Object.entries(entries).flatMap(([name, value]) => [text(name), value])
  return bytesOf(0x80, 2, call(global('collections', 'OrderedDict')), '(', ...items, 'u.')
}

export interface ZipMember {
  name: string
  content: Uint8Array
  method?: number
  flags?: number
  /** The list of files, where it is wrong. */
  listed?: { size?: number; offset?: number; name?: string }
}

/** An archive of these files, without compression. */
export function zip(members: readonly ZipMember[]): Buffer {
  const local: Buffer[] = []
  const central: Buffer[] = []
  let at = 0
  for (const { name, content, method = 0, flags = 0, listed = {} } of members) {
    const header = Buffer.alloc(30)
    header.writeUInt32LE(0x04034b50, 0)
    header.writeUInt16LE(name.length, 26)
    const entry = Buffer.alloc(46)
    entry.writeUInt32LE(0x02014b50, 0)
    entry.writeUInt16LE(flags, 8)
    entry.writeUInt16LE(method, 10)
    entry.writeUInt32LE(content.length, 20)
    entry.writeUInt32LE(listed.size ?? content.length, 24)
    entry.writeUInt16LE((listed.name ?? name).length, 28)
    entry.writeUInt32LE(listed.offset ?? at, 42)
    local.push(header, Buffer.from(name), Buffer.from(content))
    central.push(entry, Buffer.from(listed.name ?? name))
    at += 30 + name.length + content.length
  }
  const list = Buffer.concat(central)
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x06054b50, 0)
  end.writeUInt16LE(members.length, 10)
  end.writeUInt32LE(list.length, 12)
  end.writeUInt32LE(at, 16)
  return Buffer.concat([...local, list, end])
}

/** The archive of a pickle and its storages by key. */
export const archive = (pickle: Uint8Array, storages: Record<string, ArrayBufferView>): Buffer =>
  zip([
    { name: 'model/data.pkl', content: pickle },
    { name: 'model/byteorder', content: Buffer.from('little') },
    ...Object.entries(storages).map(([key, { buffer, byteOffset, byteLength }]) => ({
      name: `model/data/${key}`,
      content: new Uint8Array(buffer, byteOffset, byteLength),
    })),
  ])

import { GlassformerError } from '../../base/errors.ts'
import { LARGEST_HEADER } from '../../base/limits.ts'
import type { RandomAccess } from '../disk/folder.ts'
import { decodeUtf8 } from '../disk/utf8.ts'

/** A file in an archive without compression: its bytes begin at `offset` of the archive. */
export interface Member {
  offset: number
  size: number
}

const END = 0x06054b50
const END_BYTES = 22
const LONGEST_COMMENT = 0xffff
const LOCATOR_64 = 0x07064b50
const LOCATOR_64_BYTES = 20
const END_64 = 0x06064b50
const END_64_BYTES = 56
const CENTRAL = 0x02014b50
const CENTRAL_BYTES = 46
const LOCAL = 0x04034b50
const LOCAL_BYTES = 30
const EXTRA_64 = 0x0001
const IN_EXTRA = 0xffffffff

/** A file in an archive, possibly deflated. */
export interface ZipEntry extends Member {
  /** Its size in the archive in bytes. */
  stored: number
  isDeflated: boolean
  /** Whether it can be read: it is not encrypted, and stored or deflated. */
  isReadable: boolean
}

const DEFLATED = 8

/**
 * The files of a zip archive by name, as torch.save and Marian write it: they are stored without compression, so no
 * file is larger than the archive. @throws GlassformerError ERR_MODEL_FORMAT for a damaged or truncated archive,
 * ERR_UNSUPPORTED for a compressed or encrypted one
 */
export function zipMembers(file: RandomAccess): Map<string, Member> {
  const entries = zipEntries(file)
  for (const [name, { isDeflated, isReadable, offset }] of entries)
    if (isDeflated || !isReadable)
      throw new GlassformerError(
        'ERR_UNSUPPORTED',
        `${file.path}, offset ${offset}: '${name}' is compressed or encrypted; torch.save, Marian and numpy.savez write files of weights as they are, and only these are read`,
      )
  return entries
}

/** The files of a zip archive by name, deflated ones too. @throws GlassformerError ERR_MODEL_FORMAT for one that is damaged or cut short */
export function zipEntries(file: RandomAccess): Map<string, ZipEntry> {
  const { entries, offset, bytes } = findDirectory(file)
  const directory = readPart(file, offset, bytes)
  const found = new Map<string, ZipEntry>()
  let at = 0
  for (let i = 0; i < entries; i++) {
    const { name, next, entry } = readEntry(file, directory, at, offset)
    if (found.has(name)) throw damaged(file, offset + at, `two files of the archive are named '${name}'`)
    found.set(name, entry)
    at = next
  }
  checkApart(file, found)
  return found
}

/** The offset of the central directory. */
function findDirectory(file: RandomAccess): { entries: number; offset: number; bytes: number } {
  const start = Math.max(0, file.size - END_BYTES - LONGEST_COMMENT)
  const tail = readPart(file, start, file.size - start)
  let at = tail.byteLength - END_BYTES
  while (at >= 0 && tail.getUint32(at, true) !== END) at--
  if (at < 0) throw damaged(file, file.size, 'the archive has no list of its files: it is cut short; fetch it again')
  const locator = at - LOCATOR_64_BYTES
  const directory =
    locator >= 0 && tail.getUint32(locator, true) === LOCATOR_64
      ? readEnd64(file, number64(file, tail, locator + 8))
      : {
          entries: tail.getUint16(at + 10, true),
          bytes: tail.getUint32(at + 12, true),
          offset: tail.getUint32(at + 16, true),
        }
  if (directory.bytes > LARGEST_HEADER)
    throw damaged(file, start + at, `a list of files of ${directory.bytes} bytes: this is no file of weights`)
  return directory
}

function readEnd64(file: RandomAccess, at: number) {
  const end = readPart(file, at, END_64_BYTES)
  if (end.getUint32(0, true) !== END_64) throw damaged(file, at, 'the end of the archive is damaged')
  return { entries: number64(file, end, 32), bytes: number64(file, end, 40), offset: number64(file, end, 48) }
}

/** The entry of the central directory at `at`, and the offset of the next entry. */
function readEntry(file: RandomAccess, directory: DataView, at: number, offset: number) {
  const fail = (what: string) => damaged(file, offset + at, what)
  if (at + CENTRAL_BYTES > directory.byteLength || directory.getUint32(at, true) !== CENTRAL)
    throw fail('the list of files is damaged')
  const lengths = [28, 30, 32].map((place) => directory.getUint16(at + place, true))
  const next = at + CENTRAL_BYTES + lengths.reduce((a, b) => a + b, 0)
  if (next > directory.byteLength) throw fail('the list of files is damaged')
  const name = nameIn(directory, at + CENTRAL_BYTES, lengths[0])
  if (name === null) throw fail('the name of a file is not UTF-8')
  const [flags, method] = [directory.getUint16(at + 8, true), directory.getUint16(at + 10, true)]
  const extra = at + CENTRAL_BYTES + lengths[0]
  const [size, stored, local] = sizesOf(file, directory, at, extra, extra + lengths[1])
  if (method === 0 && size !== stored) throw fail(`'${name}' has ${size} bytes, and ${stored} are stored`)
  const entry = {
    offset: dataOffset(file, name, local, stored),
    size,
    stored,
    isDeflated: method === DEFLATED,
    isReadable: !(flags & 1) && (method === 0 || method === DEFLATED),
  }
  return { name, next, entry }
}

/**
 * Size, stored size and offset of an entry: values that do not fit into 32 bits are in its extra field, in this order.
 */
function sizesOf(file: RandomAccess, directory: DataView, at: number, extra: number, end: number): number[] {
  const sizes = [24, 20, 42].map((place) => directory.getUint32(at + place, true))
  let field = extra
  while (field + 4 <= end && directory.getUint16(field, true) !== EXTRA_64)
    field += 4 + directory.getUint16(field + 2, true)
  let value = field + 4
  return sizes.map((size) => {
    if (size !== IN_EXTRA) return size
    if (value + 8 > end) throw damaged(file, file.size, 'the sizes of a file are damaged')
    value += 8
    return number64(file, directory, value - 8)
  })
}

/** The offset of a file's bytes, after its local header. */
function dataOffset(file: RandomAccess, name: string, local: number, size: number): number {
  const header = readPart(file, local, LOCAL_BYTES)
  const nameBytes = header.getUint16(26, true)
  const offset = local + LOCAL_BYTES + nameBytes + header.getUint16(28, true)
  const isHere =
    header.getUint32(0, true) === LOCAL && nameIn(readPart(file, local + LOCAL_BYTES, nameBytes), 0, nameBytes) === name
  if (!isHere) throw damaged(file, local, `'${name}' does not begin here, where the list of files has it`)
  if (offset + size > file.size)
    throw damaged(file, offset, `'${name}' ends past the archive: it is cut short; fetch it again`)
  return offset
}

function checkApart(file: RandomAccess, entries: ReadonlyMap<string, ZipEntry>): void {
  const inOrder = [...entries].filter(([, { stored }]) => stored > 0).sort(([, a], [, b]) => a.offset - b.offset)
  let reached = 0
  for (const [name, { offset, stored }] of inOrder) {
    if (offset < reached) throw damaged(file, offset, `'${name}' overlaps the file before`)
    reached = offset + stored
  }
}

function readPart(file: RandomAccess, position: number, bytes: number): DataView {
  if (position < 0 || position + bytes > file.size)
    throw damaged(file, position, 'the archive points past its own end: it is damaged; fetch it again')
  const into = new Uint8Array(bytes)
  file.read(into, position)
  return new DataView(into.buffer)
}

function number64(file: RandomAccess, view: DataView, at: number): number {
  const value = Number(view.getBigUint64(at, true))
  if (!Number.isSafeInteger(value)) throw damaged(file, file.size, 'a size of the archive is out of range')
  return value
}

const nameIn = (view: DataView, at: number, length: number) => decodeUtf8(new Uint8Array(view.buffer, at, length))

const damaged = ({ path }: RandomAccess, offset: number, what: string) =>
  new GlassformerError('ERR_MODEL_FORMAT', `${path}, offset ${offset}: ${what}`)

/**
 * The maximum ratio of a file's size to its size in the archive: weights and texts deflate to a tenth at best, zip
 * bombs to a thousandth.
 */
const MOST_INFLATED = 40
/** Files up to this many bytes may exceed the ratio. */
const SMALL = 1 << 20

/** Whether a file unpacks to more than any file of a model does. */
export const isBomb = ({ size, stored }: Pick<ZipEntry, 'size' | 'stored'>): boolean =>
  size > SMALL && size > MOST_INFLATED * stored

/** Refuses names that lead out of the archive. @throws GlassformerError ERR_MODEL_FORMAT */
export function checkNames(entries: ReadonlyMap<string, ZipEntry>, path: string): void {
  for (const [name, { offset }] of entries)
    if (/^[/\\]|\\|(^|\/)\.\.(\/|$)|^[A-Za-z]:/.test(name))
      throw new GlassformerError(
        'ERR_MODEL_FORMAT',
        `${path}, offset ${offset}: the name '${name.slice(0, 100)}' leads out of the archive`,
      )
}

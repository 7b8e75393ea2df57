import { Readable } from 'node:stream'
import { constants, crc32, createInflateRaw } from 'node:zlib'
import { GlassformerError, messageOf } from '../../base/errors.ts'
import { LARGEST_UNPACKED, MOST_ENTRIES } from '../../base/limits.ts'
import { entryOf } from '../../base/present.ts'
import { whole } from '../../base/values/number-text.ts'
import type { RandomAccess } from '../disk/folder.ts'
import {
  type Entry,
  fromRandomAccessReader,
  type LocalFileHeader,
  RandomAccessReader,
  type ZipFile,
} from './zip-library.ts'

/** A file of a package. */
export interface PackageEntry {
  readonly name: string
  /** Bytes after decompression, and in the package. */
  readonly size: number
  readonly stored: number
  readonly isDeflated: boolean
  /** Its record in the package's directory. */
  readonly record: Entry
}

/**
 * Texts of more bytes than this may not be larger than `MOST_INFLATED` times their bytes in the package. Pictures may:
 * an .emf of one color packs to a thousandth.
 */
const SMALL = 1 << 20
const MOST_INFLATED = 200

/**
 * A zip package of files that is read in place, part by part: an office document or a book. Packages with duplicate
 * names, names that lead out, overlapping or encrypted files, and those that would become unreasonably large (zip bombs)
 * are refused.
 */
export class ZipPackage {
  readonly entries: readonly PackageEntry[]
  readonly #file: RandomAccess
  readonly #zip: ZipFile
  /** Where the bytes of each file begin. */
  readonly #starts = new Map<PackageEntry, number>()

  private constructor(file: RandomAccess, zip: ZipFile, entries: readonly PackageEntry[]) {
    this.#file = file
    this.#zip = zip
    this.entries = entries
  }

  /** @throws GlassformerError ERR_INPUT for a damaged package, ERR_INPUT_TOO_LONG for one above the limits */
  static async open(file: RandomAccess): Promise<ZipPackage> {
    const zip = await new Promise<ZipFile>((resolve, reject) => {
      const options = { lazyEntries: true, autoClose: false, strictFileNames: true, validateEntrySizes: false }
      fromRandomAccessReader(new Reader(file), file.size, options, (error, opened) =>
        error ? reject(damaged(messageOf(error), error)) : resolve(opened),
      )
    })
    if (zip.entryCount > MOST_ENTRIES) throw tooMuch(`${whole(MOST_ENTRIES)} files`, whole(zip.entryCount))
    const entries = await allEntries(zip)
    const opened = new ZipPackage(file, zip, entries)
    checkEntries(entries)
    await opened.#locate()
    return opened
  }

  entry(name: string): PackageEntry | undefined {
    return this.entries.find((each) => each.name === name)
  }

  /** The bytes of a file as they are in the package, part by part. */
  *storedParts(entry: PackageEntry): Generator<Uint8Array, void, undefined> {
    const begin = entryOf(this.#starts, entry)
    for (let at = 0; at < entry.stored; at += PART) {
      const part = new Uint8Array(Math.min(PART, entry.stored - at))
      this.#file.read(part, begin + at)
      yield part
    }
  }

  /**
   * The bytes of a file, part by part. @throws GlassformerError ERR_INPUT for damaged bytes, at the end at the latest
   */
  async *parts(entry: PackageEntry): AsyncGenerator<Uint8Array, void, undefined> {
    const stored = Readable.from(this.storedParts(entry), { objectMode: false, highWaterMark: PART })
    const inflate = createInflateRaw({ chunkSize: PART, finishFlush: constants.Z_FINISH })
    const bytes = entry.isDeflated ? stored.pipe(inflate) : stored
    stored.on('error', (error) => inflate.destroy(error))
    let [size, sum] = [0, 0]
    const fail = (what: string, cause?: unknown) => damaged(`${JSON.stringify(entry.name)} ${what}`, cause)
    try {
      for await (const part of bytes as AsyncIterable<Uint8Array>) {
        size += part.length
        if (size > entry.size) throw fail(`has more bytes than the package says: ${whole(entry.size)}`)
        sum = crc32(part, sum)
        yield part
      }
    } catch (cause) {
      throw cause instanceof GlassformerError ? cause : fail(`cannot be read: ${messageOf(cause)}`, cause)
    } finally {
      stored.destroy()
      inflate.destroy()
    }
    if (size !== entry.size || sum !== entry.record.crc32) throw fail('has other bytes than the package says')
  }

  /**
   * The bytes of a file with a text, part by part.
   * @throws GlassformerError ERR_INPUT as `parts`, ERR_INPUT_TOO_LONG for a file that packs better than texts do
   */
  textParts(entry: PackageEntry): AsyncGenerator<Uint8Array, void, undefined> {
    const { name, size, stored } = entry
    if (size > SMALL && size > MOST_INFLATED * stored)
      throw new GlassformerError(
        'ERR_INPUT_TOO_LONG',
        `${JSON.stringify(name.slice(0, 200))} would grow from ${whole(stored)} bytes to ${whole(size)}: no text of a document packs to less than 1/${MOST_INFLATED}`,
      )
    return this.parts(entry)
  }

  /** The text of a small file in UTF-8. @throws GlassformerError ERR_INPUT, ERR_INPUT_TOO_LONG above `most` bytes */
  async text(entry: PackageEntry, most: number): Promise<string> {
    if (entry.size > most) throw tooMuch(`${whole(most)} bytes in ${entry.name}`, whole(entry.size))
    const parts: Uint8Array[] = []
    for await (const part of this.textParts(entry)) parts.push(part)
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts))
    } catch (cause) {
      throw damaged(`${JSON.stringify(entry.name)} is not UTF-8`, cause)
    }
  }

  /** Finds the bytes of each file, which may not overlap. */
  async #locate(): Promise<void> {
    for (const entry of this.entries) {
      const header = await new Promise<LocalFileHeader>((resolve, reject) => {
        this.#zip.readLocalFileHeader(entry.record, {}, (error, found) =>
          error ? reject(damaged(messageOf(error), error)) : resolve(found),
        )
      })
      if (!isAlike(header, entry.record))
        throw damaged(`${JSON.stringify(entry.name)} is described in two ways, in the list and where its bytes are`)
      this.#starts.set(entry, header.fileDataStart)
    }
    let reached = 0
    for (const [{ name, stored }, start] of [...this.#starts].sort(([, a], [, b]) => a - b)) {
      if (start < reached || start + stored > this.#file.size)
        throw damaged(`the bytes of ${JSON.stringify(name)} overlap other ones, or end past the package`)
      reached = start + stored
    }
  }
}

/**
 * Whether a file's two descriptions agree; a header may leave sizes and checksum to a record after the bytes. Programs
 * write the time of either description at another moment.
 */
function isAlike(header: LocalFileHeader, record: Entry): boolean {
  const isLeft = (header.generalPurposeBitFlag & 8) !== 0
  return (
    header.fileName.equals(record.fileNameRaw) &&
    header.compressionMethod === record.compressionMethod &&
    (isLeft || header.crc32 === record.crc32)
  )
}

/** Bytes that are read at once. */
const PART = 1 << 16

const damaged = (what: string, cause?: unknown) =>
  new GlassformerError('ERR_INPUT', `the document is no package of files (zip), or is damaged: ${what}`, { cause })

const tooMuch = (most: string, found: string) =>
  new GlassformerError('ERR_INPUT_TOO_LONG', `a document may have ${most}, not ${found}`)

function allEntries(zip: ZipFile): Promise<PackageEntry[]> {
  return new Promise((resolve, reject) => {
    const entries: PackageEntry[] = []
    zip.on('error', (error) => reject(damaged(messageOf(error), error)))
    zip.on('end', () => resolve(entries))
    zip.on('entry', (record: Entry) => {
      const { fileName: name, uncompressedSize: size, compressedSize: stored, compressionMethod } = record
      entries.push({ name, size, stored, isDeflated: compressionMethod === 8, record })
      zip.readEntry()
    })
    zip.readEntry()
  })
}

function checkEntries(entries: readonly PackageEntry[]): void {
  const names = new Set<string>()
  let all = 0
  for (const { name, size, stored, isDeflated, record } of entries) {
    const quoted = JSON.stringify(name.slice(0, 200))
    // Windows and macOS read names that differ in case as one name.
    const plain = name.toLowerCase().normalize()
    if (names.has(plain)) throw damaged(`two of its files are named ${quoted}`)
    names.add(plain)
    if (record.generalPurposeBitFlag & 1)
      throw new GlassformerError('ERR_INPUT', `the document is encrypted: save it without a password`)
    if (!isDeflated && record.compressionMethod !== 0)
      throw new GlassformerError('ERR_UNSUPPORTED', `${quoted} is compressed in another way than by deflate`)
    if (!isDeflated && size !== stored) throw damaged(`${quoted} has ${size} bytes, and ${stored} are stored`)
    all += size
  }
  if (all > LARGEST_UNPACKED) throw tooMuch(`${whole(LARGEST_UNPACKED)} bytes when it is unpacked`, whole(all))
}

/** Reads of a file at any position, for the library. */
class Reader extends RandomAccessReader {
  readonly #file: RandomAccess

  constructor(file: RandomAccess) {
    super()
    this.#file = file
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    try {
      if (position < 0 || position + length > this.#file.size) throw new Error('it points past its own end')
      this.#file.read(buffer.subarray(offset, offset + length), position)
    } catch (error) {
      return callback(error as Error)
    }
    callback(null)
  }
}

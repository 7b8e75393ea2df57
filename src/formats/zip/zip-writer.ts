import { once } from 'node:events'
import { crc32, createDeflateRaw } from 'node:zlib'
import type { PackageEntry, ZipPackage } from './zip-package.ts'

/** Takes the bytes of a file, in order. */
export type Sink = (bytes: Uint8Array) => void | Promise<void>

interface Record {
  entry: PackageEntry
  crc: number
  size: number
  stored: number
  /** Where its local header begins. */
  offset: number
}

const LOCAL = 0x04034b50
const CENTRAL = 0x02014b50
const END = 0x06054b50
/** Sizes are in the headers, so that no record of them follows a file's bytes. */
const HAS_DESCRIPTOR = 8

/**
 * Writes a zip package after the model of another one: its files in the same order, with their names and dates. A file
 * that does not change is copied as it is stored, after its checksum has been tested.
 */
export class ZipWriter {
  readonly #source: ZipPackage
  readonly #sink: Sink
  readonly #records: Record[] = []
  #offset = 0

  constructor(source: ZipPackage, sink: Sink) {
    this.#source = source
    this.#sink = sink
  }

  /** @throws GlassformerError ERR_INPUT for damaged bytes */
  async copy(entry: PackageEntry): Promise<void> {
    for await (const _ of this.#source.parts(entry));
    await this.#begin({ entry, crc: entry.record.crc32, size: entry.size, stored: entry.stored, offset: this.#offset })
    for (const part of this.#source.storedParts(entry)) await this.#write(part)
  }

  /** Writes a file of new contents, which are deflated as they come. */
  async add(entry: PackageEntry, contents: AsyncIterable<string>): Promise<void> {
    const deflated: Uint8Array[] = []
    let [crc, size, stored] = [0, 0, 0]
    const deflate = entry.isDeflated ? createDeflateRaw() : null
    const keep = (part: Uint8Array) => {
      deflated.push(part)
      stored += part.length
    }
    deflate?.on('data', keep)
    for await (const text of contents) {
      const part = Buffer.from(text)
      crc = crc32(part, crc)
      size += part.length
      if (!deflate) keep(part)
      else if (!deflate.write(part)) await once(deflate, 'drain')
    }
    if (deflate) {
      const ended = once(deflate, 'end')
      deflate.end()
      await ended
    }
    await this.#begin({ entry, crc, size, stored, offset: this.#offset })
    for (const part of deflated) await this.#write(part)
  }

  /** Writes the directory, which ends the package. */
  async end(): Promise<void> {
    const offset = this.#offset
    for (const record of this.#records) await this.#write(directoryRecord(record))
    const end = Buffer.alloc(22)
    end.writeUInt32LE(END, 0)
    end.writeUInt16LE(this.#records.length, 8)
    end.writeUInt16LE(this.#records.length, 10)
    end.writeUInt32LE(this.#offset - offset, 12)
    end.writeUInt32LE(offset, 16)
    await this.#write(end)
  }

  async #begin(record: Record): Promise<void> {
    this.#records.push(record)
    const { fileNameRaw } = record.entry.record
    const header = Buffer.alloc(30)
    header.writeUInt32LE(LOCAL, 0)
    writeCommon(header, 4, record)
    header.writeUInt16LE(fileNameRaw.length, 26)
    await this.#write(Buffer.concat([header, fileNameRaw]))
  }

  async #write(bytes: Uint8Array): Promise<void> {
    this.#offset += bytes.length
    await this.#sink(bytes)
  }
}

/** The fields that both headers of a file have, from the needed version to the size. */
function writeCommon(header: Buffer, at: number, { entry: { record }, crc, size, stored }: Record): void {
  header.writeUInt16LE(Math.min(20, record.versionNeededToExtract), at)
  header.writeUInt16LE(record.generalPurposeBitFlag & ~HAS_DESCRIPTOR, at + 2)
  header.writeUInt16LE(record.compressionMethod, at + 4)
  header.writeUInt16LE(record.lastModFileTime, at + 6)
  header.writeUInt16LE(record.lastModFileDate, at + 8)
  header.writeUInt32LE(crc, at + 10)
  header.writeUInt32LE(stored, at + 14)
  header.writeUInt32LE(size, at + 18)
}

function directoryRecord(record: Record): Buffer {
  const { versionMadeBy, fileNameRaw, fileCommentRaw, internalFileAttributes, externalFileAttributes } =
    record.entry.record
  const header = Buffer.alloc(46)
  header.writeUInt32LE(CENTRAL, 0)
  header.writeUInt16LE(versionMadeBy, 4)
  writeCommon(header, 6, record)
  header.writeUInt16LE(fileNameRaw.length, 28)
  header.writeUInt16LE(fileCommentRaw.length, 32)
  header.writeUInt16LE(internalFileAttributes, 36)
  header.writeUInt32LE(externalFileAttributes, 38)
  header.writeUInt32LE(record.offset, 42)
  return Buffer.concat([header, fileNameRaw, fileCommentRaw])
}

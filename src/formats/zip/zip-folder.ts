import { inflateRawSync } from 'node:zlib'
import { allocated } from '../../base/allocated.ts'
import { GlassformerError } from '../../base/errors.ts'
import { openDiskFile } from '../disk/disk-file.ts'
import { type FileLimit, tooLarge } from '../disk/file-limit.ts'
import { Folder, type OpenFile } from '../disk/folder.ts'
import { checkNames, isBomb, type ZipEntry, zipEntries } from './zip.ts'

/**
 * A folder in a zip archive, whose files are read from the archive itself. A stored file is read in place; a deflated
 * one is inflated into memory while it is open. Nothing is written to a disk.
 */
export class ZipFolder extends Folder {
  readonly path: string
  readonly #archive: string
  readonly #entries: ReadonlyMap<string, ZipEntry>
  readonly #prefix: string
  /** Files that have been inflated, as long as there is memory for them: a model is opened more than once. */
  readonly #kept: Map<ZipEntry, WeakRef<Uint8Array>>

  constructor(
    archive: string,
    entries: ReadonlyMap<string, ZipEntry>,
    prefix = '',
    kept = new Map<ZipEntry, WeakRef<Uint8Array>>(),
  ) {
    super()
    this.#kept = kept
    this.path = prefix ? `${archive}/${prefix.slice(0, -1)}` : archive
    this.#archive = archive
    this.#entries = entries
    this.#prefix = prefix
  }

  /** The subfolder of this name. */
  folder(name: string): ZipFolder {
    return new ZipFolder(this.#archive, this.#entries, `${this.#prefix}${name}/`, this.#kept)
  }

  at(name: string): string {
    return `${this.path}/${name}`
  }

  names(): string[] {
    const inside = [...this.#entries.keys()].filter((name) => name.startsWith(this.#prefix))
    return inside
      .map((name) => name.slice(this.#prefix.length))
      .filter((name) => name && !name.includes('/'))
      .sort()
  }

  has(name: string): boolean {
    return this.#entries.has(this.#prefix + name)
  }

  open(name: string): OpenFile {
    const entry = this.#entry(name)
    const path = this.at(name)
    if (!entry.isDeflated) {
      const archive = openDiskFile(this.#archive)
      const read: OpenFile['read'] = (into, position) => archive.read(into, entry.offset + position)
      return { path, size: entry.size, read, close: () => archive.close() }
    }
    const bytes = this.#kept.get(entry)?.deref() ?? this.#inflated(entry, path)
    this.#kept.set(entry, new WeakRef(bytes))
    return {
      path,
      size: entry.size,
      read: ({ buffer, byteOffset, byteLength }, position) =>
        new Uint8Array(buffer, byteOffset, byteLength).set(bytes.subarray(position, position + byteLength)),
      close() {},
    }
  }

  bytes(name: string, limit: FileLimit): Uint8Array {
    const entry = this.#entry(name)
    if (entry.size > limit.most) throw tooLarge(this.at(name), limit)
    const file = this.open(name)
    const bytes = new Uint8Array(file.size)
    file.read(bytes, 0)
    file.close()
    return bytes
  }

  #entry(name: string): ZipEntry {
    const entry = this.#entries.get(this.#prefix + name)
    if (!entry) throw new GlassformerError('ERR_FILE', `${this.at(name)} is missing in the archive`)
    if (entry.isReadable) return entry
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${this.at(name)} is encrypted, or compressed in another way than by deflate`,
    )
  }

  #inflated({ offset, stored, size }: ZipEntry, path: string): Uint8Array {
    const refuse = (what: string, cause?: unknown) =>
      new GlassformerError('ERR_MODEL_FORMAT', `${this.#archive}, offset ${offset}: ${path} ${what}`, { cause })
    if (isBomb({ size, stored })) throw refuse(`says that its ${stored} bytes become ${size}: this is no package`)
    const deflated = allocated(stored, () => new Uint8Array(stored))
    const archive = openDiskFile(this.#archive)
    archive.read(deflated, offset)
    archive.close()
    let bytes: Uint8Array
    try {
      // One byte more than the file's size: the file then comes out in one piece, and a longer one is detected.
      bytes = inflateRawSync(deflated, { maxOutputLength: size + 1, chunkSize: Math.max(64, size + 1) })
    } catch (cause) {
      throw refuse(`cannot be inflated to ${size} bytes: it is damaged; fetch the package again`, cause)
    }
    if (bytes.length !== size) throw refuse(`has ${bytes.length} bytes where the archive says ${size}`)
    return bytes
  }
}

/** An archive on disk as a folder, and the names of all its files; names that lead out of it are refused. */
export function zipFolder(path: string): { folder: ZipFolder; names: string[] } {
  const archive = openDiskFile(path)
  let entries: ReadonlyMap<string, ZipEntry>
  try {
    entries = zipEntries(archive)
  } finally {
    archive.close()
  }
  const names = [...entries.keys()]
  checkNames(entries, path)
  return { folder: new ZipFolder(path, entries), names }
}

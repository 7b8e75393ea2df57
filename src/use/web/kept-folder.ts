import { GlassformerError } from '../../base/errors.ts'
import { isBlob } from '../../base/kind-of.ts'
import { type FileLimit, tooLarge } from '../../files/formats/disk/file-limit.ts'
import { Folder, type OpenFile } from '../../files/formats/disk/folder.ts'

/** Reads a Blob synchronously; available in workers. */
declare const FileReaderSync: new () => { readAsArrayBuffer(blob: Blob): ArrayBuffer }

/** Thrown to stop reading a folder when it asks for a file that has not been fetched. */
export class Wanted {
  readonly file: string

  constructor(file: string) {
    this.file = file
  }
}

/** Number of bytes to read ahead: each read takes a round trip through the browser. */
const AHEAD = 1 << 22

/**
 * A folder of files that a browser holds, read in place. Files are fetched first: a request for an unknown file throws
 * `Wanted`.
 */
export class KeptFolder extends Folder {
  readonly path: string
  readonly #urlOf: (file: string) => string
  /** The known files: a file, or the reason why there is none. */
  readonly #files: ReadonlyMap<string, Blob | { missing: string }>

  constructor(path: string, urlOf: (file: string) => string, files: ReadonlyMap<string, Blob | { missing: string }>) {
    super()
    this.path = path
    this.#urlOf = urlOf
    this.#files = files
  }

  at(name: string): string {
    return this.#urlOf(name)
  }

  has(name: string): boolean {
    return isBlob(this.#find(name))
  }

  open(name: string): OpenFile {
    const blob = this.#there(name)
    const path = this.at(name)
    let ahead = new Uint8Array(0)
    let first = 0
    const read = (into: ArrayBufferView, position: number) => {
      const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength)
      if (position < first || position + bytes.length > first + ahead.length) {
        ahead = bytesOf(blob.slice(position, position + Math.max(bytes.length, AHEAD)), path)
        first = position
      }
      bytes.set(ahead.subarray(position - first, position - first + bytes.length))
    }
    return { path, size: blob.size, read, close: () => {} }
  }

  bytes(name: string, limit: FileLimit): Uint8Array {
    const blob = this.#there(name)
    if (blob.size > limit.most) throw tooLarge(this.at(name), limit)
    return bytesOf(blob, this.at(name))
  }

  #find(name: string): Blob | { missing: string } {
    const known = this.#files.get(name)
    if (known === undefined) throw new Wanted(name)
    return known
  }

  #there(name: string): Blob {
    const file = this.#find(name)
    if (isBlob(file)) return file
    throw new GlassformerError('ERR_FILE', `cannot read ${this.at(name)}: ${file.missing}`)
  }
}

function bytesOf(blob: Blob, path: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(new FileReaderSync().readAsArrayBuffer(blob))
  } catch (cause) {
    // A file that the user picked may have changed since, and the browser may have dropped a cached one.
    throw new GlassformerError('ERR_FILE', `cannot read ${path}: the browser no longer has it; load the model again`, {
      cause,
    })
  }
}

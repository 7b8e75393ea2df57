import { GlassformerError } from '../../../base/errors.ts'
import { type FileLimit, tooLarge } from '../../../formats/disk/file-limit.ts'
import { Folder, type OpenFile } from '../../../formats/disk/folder.ts'
import type { StoredFile } from './stored-file.ts'

/** The known files of a folder by name: a file, or the reason why there is none; undefined: nothing is known of it yet. */
export interface KnownFiles {
  get(name: string): StoredFile | { missing: string } | undefined
}

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
  readonly #files: KnownFiles
  readonly #listed: readonly string[] | null
  /** The path within the model's folder, with its slash. */
  readonly #within: string

  /** `listed` are the files of the model, where they can be listed. */
  constructor(
    path: string,
    urlOf: (file: string) => string,
    files: KnownFiles,
    listed: readonly string[] | null = null,
    within = '',
  ) {
    super()
    this.path = path
    this.#urlOf = urlOf
    this.#files = files
    this.#listed = listed
    this.#within = within
  }

  /** A folder of this folder. */
  within(name: string): KeptFolder {
    return new KeptFolder(`${this.path}/${name}`, this.#urlOf, this.#files, this.#listed, `${this.#within}${name}/`)
  }

  names(): string[] | null {
    const own = this.#listed?.filter((file) => file.startsWith(this.#within))
    const names = own?.map((file) => file.slice(this.#within.length)).filter((name) => !name.includes('/'))
    return names?.sort() ?? null
  }

  at(name: string): string {
    return this.#urlOf(this.#within + name)
  }

  has(name: string): boolean {
    return 'bytes' in this.#find(name)
  }

  open(name: string): OpenFile {
    const file = this.#there(name)
    const path = this.at(name)
    let ahead = new Uint8Array(0)
    let first = 0
    const read = (into: ArrayBufferView, position: number) => {
      const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength)
      if (position < first || position + bytes.length > first + ahead.length) {
        ahead = file.bytes(position, position + Math.max(bytes.length, AHEAD), path)
        first = position
      }
      bytes.set(ahead.subarray(position - first, position - first + bytes.length))
    }
    return { path, size: file.size, read, close: () => {} }
  }

  bytes(name: string, limit: FileLimit): Uint8Array {
    const file = this.#there(name)
    if (file.size > limit.most) throw tooLarge(this.at(name), limit)
    return file.bytes(0, file.size, this.at(name))
  }

  #find(name: string): StoredFile | { missing: string } {
    const file = this.#within + name
    const known = this.#files.get(file)
    if (known === undefined) throw new Wanted(file)
    return known
  }

  #there(name: string): StoredFile {
    const file = this.#find(name)
    if ('bytes' in file) return file
    throw new GlassformerError('ERR_FILE', `cannot read ${this.at(name)}: ${file.missing}`)
  }
}

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { openDiskFile } from './disk-file.ts'
import type { FileLimit } from './file-limit.ts'
import { Folder, type OpenFile } from './folder.ts'
import { fileError, hasFile, readBytes } from './read-file.ts'

/** A folder on a disk. */
export class DiskFolder extends Folder {
  readonly path: string

  constructor(path: string) {
    super()
    this.path = path
  }

  at(name: string): string {
    return join(this.path, name)
  }

  names(): string[] {
    try {
      return readdirSync(this.path).sort()
    } catch (cause) {
      throw fileError('read', this.path, cause)
    }
  }

  has(name: string): boolean {
    return hasFile(this.at(name))
  }

  open(name: string): OpenFile {
    return openDiskFile(this.at(name))
  }

  bytes(name: string, limit: FileLimit): Uint8Array {
    return readBytes(this.at(name), limit)
  }
}

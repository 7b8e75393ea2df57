import fs, { type OpenMode, type PathLike } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { dirname } from 'node:path'

const { openSync, writeSync, mkdirSync } = fs
const { O_WRONLY, O_RDWR } = fs.constants

const isToRead = (flags: OpenMode) => (typeof flags === 'number' ? !(flags & (O_WRONLY | O_RDWR)) : flags === 'r')

/** A disk that refuses to write some files from a certain moment on, like a failing system, and recovers at the end. */
export class FailingDisk {
  /** Refused from now on. */
  fails = false

  /**
   * `full`: no more data fits into files whose path matches `which`; `unwritable`: such files and folders cannot be
   * created either.
   */
  constructor(how: 'full' | 'unwritable', which: RegExp) {
    const code = how === 'full' ? 'ENOSPC' : 'EROFS'
    const opened = new Map<number, string>()
    const check = (path: string) => {
      if (this.fails && which.test(path)) throw Object.assign(new Error(`${code}: refused, '${path}'`), { code })
    }
    fs.openSync = (path, flags, mode) => {
      if (how === 'unwritable' && !isToRead(flags)) check(String(path))
      const descriptor = openSync(path, flags, mode)
      opened.set(descriptor, String(path))
      return descriptor
    }
    fs.writeSync = ((descriptor: number, bytes: Uint8Array, from: number, count: number) => {
      check(opened.get(descriptor) ?? '')
      return writeSync(descriptor, bytes, from, count)
    }) as typeof fs.writeSync
    fs.mkdirSync = ((path: PathLike, options: fs.MakeDirectoryOptions) => {
      if (how === 'unwritable' && !fs.existsSync(path)) check(dirname(String(path)))
      return mkdirSync(path, options)
    }) as typeof fs.mkdirSync
    syncBuiltinESMExports()
  }

  /** The disk works again. */
  mend(): void {
    Object.assign(fs, { openSync, writeSync, mkdirSync })
    syncBuiltinESMExports()
  }
}

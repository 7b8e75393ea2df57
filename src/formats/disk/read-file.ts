import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, statSync } from 'node:fs'
import { GlassformerError } from '../../base/errors.ts'
import { type FileLimit, tooLarge } from './file-limit.ts'
import { textIn } from './utf8.ts'

const reasons: Record<string, string> = {
  ENOENT: 'there is no such file or folder: check the path',
  ENOTDIR: 'a part of the path is a file, not a folder: check the path',
  EEXIST: 'a file has this name: remove it, or take another path',
  EISDIR: 'it is a folder where a file was expected: check the path',
  EACCES: 'this user may not read or write it: check its permissions',
  EPERM: 'this user may not read or write it: check its permissions',
  ENOSPC: 'the disk is full: make room on it',
  EDQUOT: 'this user may not store more on the disk: make room on it',
  EFBIG: 'the file would be larger than this process may write: raise its limit (ulimit -f)',
  EROFS: 'the file system is read-only: take another path',
  EMFILE: 'the process has too many open files: close some, or raise its limit (ulimit -n)',
  ELOOP: 'its symbolic links go round in a circle: check the path',
}

/** ERR_FILE with the operating system's error in words; `doing` is 'read', 'write' and the like. */
export function fileError(doing: string, path: string, cause: unknown): GlassformerError {
  if (cause instanceof GlassformerError) return cause
  const { code, message } = cause as NodeJS.ErrnoException
  return new GlassformerError('ERR_FILE', `cannot ${doing} ${path}: ${reasons[code ?? ''] ?? message}`, { cause })
}

/**
 * Whether a folder has this file. A symbolic link counts as a file, whatever it leads to. Reading a dangling or
 * circular link is then an error, instead of a silently missing file. @throws GlassformerError ERR_FILE for a folder
 * that cannot be searched
 */
export function hasFile(path: string): boolean {
  try {
    lstatSync(path)
    return true
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return false
    throw fileError('read', path, cause)
  }
}

/** Whether a path is a folder. @throws GlassformerError ERR_FILE where there is nothing at the path */
export function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch (cause) {
    throw fileError('read', path, cause)
  }
}

/**
 * Opens a path for reading, and returns its descriptor. ERR_FILE where the path does not exist. A named pipe is opened
 * without waiting for a writer.
 */
export function opened(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (cause) {
    const isLink = (cause as NodeJS.ErrnoException).code === 'ENOENT' && hasFile(path)
    throw fileError('read', path, isLink ? { message: 'it is a symbolic link that leads nowhere' } : cause)
  }
}

/** Opens a file for reading, and returns its descriptor and size. ERR_FILE where the path is not a file. */
export function openFile(path: string): { descriptor: number; size: number } {
  const descriptor = opened(path)
  try {
    const state = fstatSync(descriptor)
    if (state.isDirectory()) throw fileError('read', path, { code: 'EISDIR' })
    if (!state.isFile()) throw fileError('read', path, { message: 'it is neither a file nor a folder: check the path' })
    return { descriptor, size: state.size }
  } catch (cause) {
    closeSync(descriptor)
    throw fileError('read', path, cause)
  }
}

/**
 * The bytes of a model's file. ERR_FILE where the path is missing, not a file or unreadable; the limit's code where the
 * file is larger than the limit.
 */
export function readBytes(path: string, limit: FileLimit): Uint8Array {
  const { descriptor, size } = openFile(path)
  try {
    if (size > limit.most) throw tooLarge(path, limit)
    return readWhole(descriptor, path, size, limit)
  } catch (cause) {
    throw fileError('read', path, cause)
  } finally {
    closeSync(descriptor)
  }
}

/** Reads some bytes into `into` from index `offset` on, and returns their number; 0 at the end. */
type Read = (descriptor: number, into: Uint8Array, offset: number) => number

const readSome: Read = (descriptor, into, offset) => readSync(descriptor, into, offset, into.length - offset, null)

/** Reads to the end, about `size` bytes: a size may be wrong, and a pipe has none. */
export function readWhole(
  descriptor: number,
  path: string,
  size: number,
  limit: FileLimit,
  read = readSome,
): Uint8Array {
  let bytes = new Uint8Array(size + 1) // one more byte, to detect the end
  for (let done = 0; ; ) {
    const count = read(descriptor, bytes, done)
    done += count
    if (count === 0) return bytes.subarray(0, done)
    if (done > limit.most) throw tooLarge(path, limit)
    if (done < bytes.length) continue
    const larger = new Uint8Array(Math.min(limit.most + 1, Math.max(2 * done, 1 << 16)))
    larger.set(bytes)
    bytes = larger
  }
}

/** The bytes of a file of any size, part by part. @throws GlassformerError ERR_FILE */
export function* fileParts(path: string): Generator<Uint8Array> {
  const { descriptor } = openFile(path)
  try {
    const part = new Uint8Array(1 << 20)
    for (let count = 1; count > 0; ) {
      count = readSync(descriptor, part)
      yield part.subarray(0, count)
    }
  } catch (cause) {
    throw fileError('read', path, cause)
  } finally {
    closeSync(descriptor)
  }
}

/**
 * The text of a UTF-8 file. ERR_FILE where the file cannot be read; the limit's code where it is too large or, with the offset, not UTF-8.
 */
export const readText = (path: string, limit: FileLimit, read = readBytes): string =>
  textIn(read(path, limit), path, limit.code)

/**
 * A text that differs once a file has been written or replaced; null where there is none. Nobody can set the time of its last
 * change (ctime). @throws an error of the system
 */
export function fileState(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false, bigint: true })
  return found ? [found.ino, found.size, found.mtimeNs, found.ctimeNs].join(' ') : null
}

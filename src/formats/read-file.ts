import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs'
import { type ErrorCode, GlassformerError } from '../errors.ts'

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

/** ERR_FILE for what the operating system answered, in words: `doing` is 'read', 'write' and the like. */
export function fileError(doing: string, path: string, cause: unknown): GlassformerError {
  if (cause instanceof GlassformerError) return cause
  const { code, message } = cause as NodeJS.ErrnoException
  return new GlassformerError('ERR_FILE', `cannot ${doing} ${path}: ${reasons[code ?? ''] ?? message}`, { cause })
}

/** Opens a file to be read: its descriptor and size. ERR_FILE where it is none; a named pipe keeps nobody waiting. */
export function openFile(path: string): { descriptor: number; size: number } {
  let descriptor: number
  try {
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (cause) {
    throw fileError('read', path, cause)
  }
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

/** The bytes of a file, as those of a model are; ERR_FILE where it is missing, no file or unreadable. */
export function readBytes(path: string): Uint8Array {
  const { descriptor } = openFile(path)
  try {
    return bytesOf(readFileSync(descriptor))
  } catch (cause) {
    throw fileError('read', path, cause)
  } finally {
    closeSync(descriptor)
  }
}

/** The same of what a command is given to read, which may be a pipe: `/dev/stdin`, or a shell's `<(…)`. */
export function readInput(path: string): Uint8Array {
  try {
    return bytesOf(readFileSync(path))
  } catch (cause) {
    throw fileError('read', path, cause)
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Buffer) => new Uint8Array(buffer, byteOffset, byteLength)

/** The text of a UTF-8 file; ERR_FILE where it cannot be read, `code` with the offset where it is not UTF-8. */
export function readText(path: string, code: ErrorCode = 'ERR_MODEL_FORMAT', read = readBytes): string {
  const bytes = read(path)
  const text = decodeUtf8(bytes)
  if (text === null)
    throw new GlassformerError(code, `${path}: byte ${firstBadByte(bytes)} is not UTF-8; save the file as UTF-8`)
  return text
}

/** UTF-8 as text, or null where it is not UTF-8. A byte order mark is dropped. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

/** Offset of the first byte that makes `bytes` invalid UTF-8 (of the sequence it begins, where that is cut short). */
export function firstBadByte(bytes: Uint8Array): number {
  // The longest valid prefix; streaming, a decoder does not complain of a sequence that goes on behind the prefix.
  let low = 0
  let high = bytes.length
  while (low < high) {
    const middle = (low + high + 1) >> 1
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, middle), { stream: true })
      low = middle
    } catch {
      high = middle - 1
    }
  }
  return low
}

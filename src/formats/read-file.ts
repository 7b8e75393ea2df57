import { readFileSync } from 'node:fs'
import { type ErrorCode, GlassformerError } from '../errors.ts'

const reasons: Record<string, string> = {
  ENOENT: 'there is no such file or folder: check the path',
  ENOTDIR: 'a part of the path is a file, not a folder: check the path',
  EEXIST: 'a file has this name: remove it, or take another path',
  EISDIR: 'it is a folder where a file was expected',
  EACCES: 'this user may not read or write it: check its permissions',
  EPERM: 'this user may not read or write it: check its permissions',
  ENOSPC: 'the disk is full',
  EDQUOT: 'this user may not store more on the disk',
  EFBIG: 'the file would be larger than this process may write',
  EROFS: 'the file system is read-only',
  EMFILE: 'the process has too many open files',
  ELOOP: 'its symbolic links go round in a circle',
}

/** ERR_FILE for what the operating system answered, in words: `doing` is 'read', 'write' and the like. */
export function fileError(doing: string, path: string, cause: unknown): GlassformerError {
  if (cause instanceof GlassformerError) return cause
  const { code, message } = cause as NodeJS.ErrnoException
  return new GlassformerError('ERR_FILE', `cannot ${doing} ${path}: ${reasons[code ?? ''] ?? message}`, { cause })
}

/** The bytes of a file; ERR_FILE where it is missing, a folder or unreadable. */
export function readBytes(path: string): Uint8Array {
  try {
    const bytes = readFileSync(path)
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  } catch (cause) {
    throw fileError('read', path, cause)
  }
}

/** The text of a UTF-8 file; ERR_FILE where it cannot be read, `code` with the offset where it is not UTF-8. */
export function readText(path: string, code: ErrorCode = 'ERR_MODEL_FORMAT'): string {
  const bytes = readBytes(path)
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

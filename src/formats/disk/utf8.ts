import { type ErrorCode, GlassformerError } from '../../base/errors.ts'

/** The text of a file in UTF-8. @throws GlassformerError `code` with the offset where the bytes are not UTF-8 */
export function textIn(bytes: Uint8Array, path: string, code: ErrorCode): string {
  const text = decodeUtf8(bytes)
  if (text === null)
    throw new GlassformerError(code, `${path}: byte ${firstBadByte(bytes)} is not UTF-8; save the file as UTF-8`)
  return text
}

/** Decodes UTF-8; null where the bytes are not UTF-8. A byte order mark is dropped. */
export function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

/** The offset of the first byte that makes `bytes` invalid UTF-8. Where a sequence is cut short, this is the offset of its beginning. */
export function firstBadByte(bytes: Uint8Array): number {
  // This finds the longest valid prefix. A streaming decoder accepts a sequence that continues after the prefix.
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

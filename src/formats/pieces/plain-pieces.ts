import { type PieceTable, type PieceType, pieceTypes } from './piece-table.ts'
import type { MessageReader } from './protobuf.ts'

/** The number of bytes before the text of a plain piece: tag, length, tag, length. */
const BEFORE = 4
/** The number of bytes after the text: the score's tag and a float32. */
const AFTER = 5
/** The number of bytes of a type, where the piece has one: its tag and the type. */
const TYPE = 2
/**
 * The characters between two texts when the eight bytes after a score's tag have been set to 0: the score, and the
 * bytes before a text.
 */
const BETWEEN = '\x15\0\0\0\0\0\0\0\0'

/**
 * Reads the plain pieces at the beginning of a file: a short text, a score, and optionally a type, in this order, as
 * SentencePiece writes them. Adds them to `pieces`, which is empty. There are thousands of pieces, and V8 has not
 * optimized this code yet when it runs. For this reason there is no call for each field, and all texts are decoded at
 * once. Pieces that are not plain, or damaged, are left unread.
 */
export function readPlainPieces(message: MessageReader, pieces: PieceTable): void {
  const { bytes, view } = message
  const copy = new Uint8Array(bytes.length + BEFORE)
  copy.set(bytes)
  const blotted = new DataView(copy.buffer, copy.byteOffset, copy.length)
  const scores: number[] = []
  const types: PieceType[] = []
  const afterTyped: number[] = []
  let at = 0
  for (;;) {
    const end = at + 2 + bytes[at + 1]
    const scoreAt = at + BEFORE + bytes[at + 3]
    const typed = scoreAt + AFTER !== end
    if (!(bytes[at] === 0x0a && bytes[at + 1] < 0x80 && bytes[at + 2] === 0x0a && end <= message.end)) break
    if (!(scoreAt > at + BEFORE && bytes[scoreAt] === 0x15)) break
    if (typed && !(scoreAt + AFTER + TYPE === end && bytes[end - TYPE] === 0x18)) break
    const type = typed ? pieceTypes[bytes[end - 1]] : 'normal'
    if (type === undefined) break
    const score = view.getFloat32(scoreAt + 1, true)
    if (!Number.isFinite(score)) return
    scores.push(score)
    types.push(type)
    if (typed) afterTyped.push(types.length)
    blotted.setFloat64(scoreAt + 1, 0)
    at = end
  }
  const texts = utf8(copy.subarray(BEFORE, at + BEFORE))?.split(BETWEEN) ?? []
  // Nothing follows the last text. More parts than texts mean that a text contains the characters that separate texts.
  if (texts.length !== types.length + 1) return
  for (const id of afterTyped) texts[id] = texts[id].slice(TYPE)
  texts.pop()
  Object.assign(pieces, { texts, scores, types })
  message.at = at
}

/** The UTF-8 text, in which a byte order mark is a character; null for other bytes. */
function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

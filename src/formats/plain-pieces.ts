import { isUtf8 } from 'node:buffer'
import type { MessageReader } from './protobuf.ts'
import type { Piece, PieceType } from './sentencepiece-model.ts'

/** By their numbers in the file. */
export const pieceTypes: readonly (PieceType | undefined)[] = [
  undefined,
  'normal',
  'unknown',
  'control',
  'user-defined',
  'unused',
  'byte',
]

/** What stands before the text of a plain piece: tag, length, tag, length. */
const BEFORE = 4
/** And behind it: the score's tag and a float32. */
const AFTER = 5
/** Then, where the piece has a type: its tag, and the type. */
const TYPE = 2
/** What follows each text when the scores are blotted out. */
const BLOTTED = '\x15\0\0\0\0'

/**
 * Reads the plain pieces that a file begins with: a text, a score, and a type or none, in this order and short, as SentencePiece
 * writes them; adds them to `pieces`, and where each begins to `offsets`. They are thousands, read before the compiler has seen
 * this: so there is no call for each field, and all texts are decoded at once. What is not plain, or damaged, is left unread.
 */
export function readPlainPieces(message: MessageReader, pieces: Piece[], offsets: number[]): void {
  const { bytes, view } = message
  let at = 0
  for (;;) {
    const end = at + 2 + bytes[at + 1]
    const scoreAt = at + BEFORE + bytes[at + 3]
    const typed = scoreAt + AFTER !== end
    const type = typed ? pieceTypes[bytes[end - 1]] : 'normal'
    if (!(bytes[at] === 0x0a && bytes[at + 1] < 0x80 && bytes[at + 2] === 0x0a && end <= message.end)) break
    if (!(scoreAt > at + BEFORE && bytes[scoreAt] === 0x15 && type !== undefined)) break
    if (typed && !(scoreAt + AFTER + TYPE === end && bytes[end - TYPE] === 0x18)) break
    const score = view.getFloat32(scoreAt + 1, true)
    if (!Number.isFinite(score)) break
    offsets.push(at)
    pieces.push({ piece: '', score, type })
    at = end
  }
  if (setTexts(pieces, offsets, Buffer.from(bytes.subarray(0, at)))) message.at = at
  else pieces.length = offsets.length = 0
}

/** Decodes the texts of the plain pieces, whose bytes are `copy`; false where one is not UTF-8 or holds what stands between them. */
function setTexts(pieces: Piece[], offsets: readonly number[], copy: Buffer): boolean {
  const view = new DataView(copy.buffer, copy.byteOffset, copy.length)
  for (let i = 0; i < offsets.length; i++) view.setInt32(offsets[i] + BEFORE + copy[offsets[i] + 3] + 1, 0)
  if (!isUtf8(copy)) return false
  const parts = copy.toString().split(BLOTTED)
  if (parts.length !== pieces.length + 1) return false
  let skipped = BEFORE
  for (let i = 0; i < pieces.length; i++) {
    pieces[i].piece = parts[i].slice(skipped)
    const end = offsets[i] + BEFORE + copy[offsets[i] + 3] + AFTER
    skipped = end === (offsets[i + 1] ?? copy.length) ? BEFORE : TYPE + BEFORE
  }
  return true
}

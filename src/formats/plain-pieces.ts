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
  const { bytes } = message
  const copy = Buffer.from(bytes)
  const view = new DataView(copy.buffer, copy.byteOffset, copy.length)
  let at = 0
  for (;;) {
    const end = at + 2 + bytes[at + 1]
    const scoreAt = at + BEFORE + bytes[at + 3]
    const typed = scoreAt + AFTER !== end
    if (!(bytes[at] === 0x0a && bytes[at + 1] < 0x80 && bytes[at + 2] === 0x0a && end <= message.end)) break
    if (!(scoreAt > at + BEFORE && bytes[scoreAt] === 0x15)) break
    if (typed && !(scoreAt + AFTER + TYPE === end && bytes[end - TYPE] === 0x18)) break
    view.setInt32(scoreAt + 1, 0)
    offsets.push(at)
    at = end
  }
  const texts = isUtf8(copy.subarray(0, at)) ? copy.toString('utf8', 0, at).split(BLOTTED) : []
  if (texts.length === offsets.length + 1 && fill(message, texts, pieces, offsets)) message.at = at
  else pieces.length = offsets.length = 0
}

/** Makes the pieces; false where one has no proper score or type. */
function fill(
  { bytes, view }: MessageReader,
  texts: readonly string[],
  pieces: Piece[],
  offsets: readonly number[],
): boolean {
  let skipped = BEFORE
  for (let i = 0; i < offsets.length; i++) {
    const at = offsets[i]
    const end = at + 2 + bytes[at + 1]
    const scoreAt = at + BEFORE + bytes[at + 3]
    const typed = scoreAt + AFTER !== end
    const type = typed ? pieceTypes[bytes[end - 1]] : 'normal'
    const score = view.getFloat32(scoreAt + 1, true)
    if (type === undefined || !Number.isFinite(score)) return false
    pieces.push({ piece: texts[i].slice(skipped), score, type })
    skipped = typed ? TYPE + BEFORE : BEFORE
  }
  return true
}

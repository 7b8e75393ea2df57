import { areSameBytes, utf8Of, utf8Reader } from '../../base/bytes.ts'
import { GlassformerError } from '../../base/errors.ts'
import { LONGEST_PIECE } from '../../base/limits.ts'

// Wire types of protocol buffers (protobuf.dev/programming-guides/encoding).
const VARINT = 0
const FIXED64 = 1
const BYTES = 2
const FIXED32 = 5

/** Walks the fields of a protobuf message and of the messages inside it; every read is checked against the message's end. */
export class MessageReader {
  readonly bytes: Uint8Array
  readonly view: DataView
  readonly where: string
  readonly #text: (begin: number, end: number) => string
  /** The offset of the current field's tag; errors name this offset. */
  tagOffset = 0
  at = 0
  /** The end of the current message. */
  end: number
  field = 0
  wire = 0

  constructor(bytes: Uint8Array, where: string) {
    this.bytes = bytes
    this.#text = utf8Reader(bytes)
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.where = where
    this.end = bytes.length
  }

  damaged(offset: number, what: string): GlassformerError {
    return new GlassformerError(
      'ERR_TOKENIZER_FORMAT',
      `${this.where}: not a usable SentencePiece model: at byte ${offset}, ${what}. ` +
        'The file may be incomplete or not a SentencePiece model at all; fetch or train it again.',
    )
  }

  /** Moves to the next field; false at the end of the message. */
  next(): boolean {
    if (this.at >= this.end) return false
    this.tagOffset = this.at
    const tag = this.varint()
    this.field = tag >>> 3
    this.wire = tag & 7
    if (this.field === 0) throw this.damaged(this.tagOffset, 'a field has number 0')
    return true
  }

  /** The low 32 bits of a varint, signed; longer varints (negative numbers take ten bytes) are read to their end. */
  varint(): number {
    const begin = this.at
    if (begin < this.end && this.bytes[begin] < 0x80) return this.bytes[this.at++]
    let value = 0
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.at >= this.end) throw this.damaged(begin, 'a number is cut off')
      const byte = this.bytes[this.at++]
      if (shift < 32) value |= (byte & 0x7f) << shift
      if (byte < 0x80) return value
    }
    throw this.damaged(begin, 'a number has more than ten bytes')
  }

  integer(): number {
    this.expect(VARINT)
    return this.varint()
  }

  boolean(): boolean {
    return this.integer() !== 0
  }

  float(): number {
    this.expect(FIXED32)
    this.need(this.at, 4)
    this.at += 4
    return this.view.getFloat32(this.at - 4, true)
  }

  /** Skips a length-delimited field, and returns the offset of its content; the content ends at `at`. */
  content(): number {
    this.expect(BYTES)
    const lengthOffset = this.at
    const length = this.varint() >>> 0
    const begin = this.at
    this.need(lengthOffset, length)
    this.at = begin + length
    return begin
  }

  /**
   * Enters the message in the field. After reading that message, call `leave` with the value that this method returns.
   */
  enter(): number {
    const outer = this.end
    const begin = this.content()
    this.end = this.at
    this.at = begin
    return outer
  }

  leave(outer: number): void {
    this.at = this.end
    this.end = outer
  }

  string(): string {
    const begin = this.content()
    if (this.at - begin > LONGEST_PIECE)
      throw this.damaged(begin, `a text has ${this.at - begin} bytes, more than the ${LONGEST_PIECE} of a piece`)
    const text = this.#text(begin, this.at)
    if (text.includes('\ufffd') && !areSameBytes(utf8Of(text), this.bytes.subarray(begin, this.at)))
      throw this.damaged(begin, 'a text is not UTF-8')
    return text
  }

  skip(): void {
    if (this.wire === VARINT) this.varint()
    else if (this.wire === BYTES) this.content()
    else if (this.wire === FIXED32 || this.wire === FIXED64) {
      const size = this.wire === FIXED32 ? 4 : 8
      this.need(this.at, size)
      this.at += size
    } else throw this.damaged(this.tagOffset, `field ${this.field} has the unknown wire type ${this.wire}`)
  }

  private expect(wire: number): void {
    if (this.wire !== wire)
      throw this.damaged(this.tagOffset, `field ${this.field} has wire type ${this.wire} where ${wire} was expected`)
  }

  private need(offset: number, length: number): void {
    if (length > this.end - this.at)
      throw this.damaged(offset, `${length} bytes are announced and only ${this.end - this.at} are left`)
  }
}

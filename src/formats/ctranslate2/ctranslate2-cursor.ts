import { GlassformerError } from '../../base/errors.ts'
import type { RandomAccess } from '../disk/folder.ts'
import { decodeUtf8 } from '../disk/utf8.ts'

/** Bytes that are read at once: the name and the shape of a variable, mostly. */
const WINDOW = 512

/** Reads numbers and names of a model.bin one after the other; whatever goes on behind the end of the file is an error with the offset. */
export class Ctranslate2Cursor {
  /** Where the next value lies. */
  at = 0
  readonly #file: RandomAccess
  #window = new Uint8Array(0)
  #start = 0

  constructor(file: RandomAccess) {
    this.#file = file
  }

  u8(what: string): number {
    return this.#view(1, what).getUint8(0)
  }

  u16(what: string): number {
    return this.#view(2, what).getUint16(0, true)
  }

  u32(what: string): number {
    return this.#view(4, what).getUint32(0, true)
  }

  /** A name: a length that counts the zero behind it, the bytes, the zero. */
  name(what: string): string {
    const offset = this.at
    const length = this.u16(`the length of ${what}`)
    const bytes = this.#bytes(length, what)
    const name = decodeUtf8(bytes.subarray(0, Math.max(0, length - 1)))
    if (length === 0 || name === null || name.includes('\0') || bytes[length - 1] !== 0)
      throw this.damaged(offset, `${what} is no text with a zero behind it`)
    return name
  }

  /** Passes over bytes. */
  skip(bytes: number, what: string): void {
    this.#checkFits(bytes, what)
    this.at += bytes
  }

  damaged(offset: number, what: string): GlassformerError {
    return new GlassformerError('ERR_MODEL_FORMAT', `${this.#file.path}, offset ${offset}: ${what}`)
  }

  #view(bytes: number, what: string): DataView {
    const { buffer, byteOffset } = this.#bytes(bytes, what)
    return new DataView(buffer, byteOffset, bytes)
  }

  #bytes(count: number, what: string): Uint8Array {
    this.#checkFits(count, what)
    if (this.at < this.#start || this.at + count > this.#start + this.#window.length) {
      this.#window = new Uint8Array(Math.min(Math.max(count, WINDOW), this.#file.size - this.at))
      this.#start = this.at
      this.#file.read(this.#window, this.at)
    }
    const from = this.at - this.#start
    this.at += count
    return this.#window.subarray(from, from + count)
  }

  #checkFits(bytes: number, what: string): void {
    if (bytes > this.#file.size - this.at)
      throw this.damaged(
        this.at,
        `${what} takes ${bytes} bytes and the file ends at ${this.#file.size}: it is cut short or damaged; fetch it again`,
      )
  }
}

/** Thrown where a frame goes on beyond the bytes at hand: it is tried again with more of them. */
export class NeedsMore extends Error {}

/** Reads bits of a frame, the highest of each byte first. */
export class BitReader {
  readonly bytes: Uint8Array
  #bit: number
  readonly #end: number

  constructor(bytes: Uint8Array, from = 0) {
    this.bytes = bytes
    this.#bit = 8 * from
    this.#end = 8 * bytes.length
  }

  /** The byte in which the next bit lies. */
  get place(): number {
    return this.#bit >>> 3
  }

  /** An unsigned number of at most 32 bits. */
  read(count: number): number {
    if (count === 0) return 0
    if (this.#bit + count > this.#end) throw new NeedsMore()
    const value = this.#window() >>> (32 - count)
    this.#bit += count
    return value
  }

  /** A signed number of at most 33 bits. */
  readSigned(count: number): number {
    if (count === 0) return 0
    const isNegative = this.read(1)
    return this.read(count - 1) - (isNegative ? 2 ** (count - 1) : 0)
  }

  /** The number of zeros before the next one, which is passed as well. */
  readUnary(): number {
    for (let zeros = 0; ; ) {
      const found = Math.clz32(this.#window())
      zeros += found
      this.#bit += found
      if (this.#bit >= this.#end) throw new NeedsMore()
      if (found < 32) {
        this.#bit++
        return zeros
      }
    }
  }

  /** Passes the bits up to the next byte; returns whether they are zeros. */
  align(): boolean {
    return this.read(-this.#bit & 7) === 0
  }

  /** The next 32 bits; zeros beyond the end. */
  #window(): number {
    const { bytes } = this
    const at = this.#bit >>> 3
    const shift = this.#bit & 7
    const word = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]
    return shift === 0 ? word : (word << shift) | (bytes[at + 4] >>> (8 - shift))
  }
}

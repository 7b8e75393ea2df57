/** Bytes in pieces, as files, blobs, sockets and streams of the platform hand them out. */
export type ByteChunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>

/**
 * Reads chunks of bytes as one row. It holds what has been asked for and not been taken, and at most one chunk beyond,
 * so that memory follows what the input has, and never what a header says.
 */
export class ByteReader {
  readonly #chunks: AsyncIterator<Uint8Array> | Iterator<Uint8Array>
  #held: Uint8Array = new Uint8Array(0)
  #from = 0 // of the held bytes, those before have been taken
  #to = 0
  #offset = 0

  constructor(chunks: ByteChunks) {
    this.#chunks = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]()
  }

  /** The place in the input of the next byte. */
  get offset(): number {
    return this.#offset
  }

  /** The bytes that are held. They are valid until the next call of another method. */
  get held(): Uint8Array {
    return this.#held.subarray(this.#from, this.#to)
  }

  /** Reads on until at least `count` bytes are held; returns whether the input has as many. */
  async has(count: number): Promise<boolean> {
    while (this.#to - this.#from < count) {
      const next = await this.#chunks.next()
      if (next.done) return false
      this.#append(next.value)
    }
    return true
  }

  /** Takes `count` bytes that are held. */
  take(count: number): Uint8Array {
    const taken = this.#held.subarray(this.#from, this.#from + count)
    this.#from += count
    this.#offset += count
    return taken
  }

  /** Passes over `count` bytes; returns whether the input has as many. */
  async skip(count: number): Promise<boolean> {
    for (let left = count; left > 0; ) {
      if (!(await this.has(1))) return false
      left -= this.take(Math.min(left, this.held.length)).length
    }
    return true
  }

  /** The held bytes, and then those of the rest of the input. */
  async *rest(): AsyncGenerator<Uint8Array, void, undefined> {
    while (await this.has(1)) yield this.take(this.held.length).slice()
  }

  /** Tells the source that nothing more will be read, so that it can close its file. */
  async close(): Promise<void> {
    await this.#chunks.return?.()
  }

  #append(chunk: Uint8Array): void {
    const held = this.#to - this.#from
    if (held === 0) {
      this.#held = chunk
      this.#from = 0
      this.#to = chunk.length
      return
    }
    const joined = new Uint8Array(held + chunk.length)
    joined.set(this.held)
    joined.set(chunk, held)
    this.#held = joined
    this.#from = 0
    this.#to = joined.length
  }
}

/**
 * The segmentation of a normalized text: the end of each piece (in bytes), and its id. The object is reused for the
 * next text.
 */
export class Segments {
  ends = new Int32Array(256)
  ids = new Int32Array(256)
  count = 0

  push(end: number, id: number): void {
    if (this.count === this.ends.length) this.reserve(this.count + 1)
    this.ends[this.count] = end
    this.ids[this.count++] = id
  }

  /** Allocates `size` pieces in all. */
  reserve(size: number): void {
    if (size <= this.ends.length) return
    const ends = new Int32Array(2 * size)
    const ids = new Int32Array(2 * size)
    ends.set(this.ends)
    ids.set(this.ids)
    this.ends = ends
    this.ids = ids
  }
}

/** Splits normalized text into pieces. There is a segmenter for each type of model. */
export interface Segmenter {
  /**
   * Fills `segments` with the pieces of `bytes[0 … length)`, where `length` is at least 1. Adjacent unknown characters
   * are not joined yet.
   */
  segment(bytes: Uint8Array, length: number, segments: Segments): void
}

/**
 * The replacement rules of a SentencePiece normalizer in their file format: a Darts-clone double array over UTF-8 bytes
 * (github.com/s-yata/darts-clone), followed by NUL-terminated replacements, which the array's values point to.
 *
 * A unit of 32 bits: bits 0-7 label, bit 8 "a rule ends here", bit 9 "the offset is shifted by 8", bits 10-30 offset to
 * the children, which are at `position ^ offset ^ byte`. In the child for byte 0 of a rule's end, bit 31 is set and the
 * other bits are the value.
 */
export class Charsmap {
  readonly #units: Int32Array
  /** The replacements; each ends with a 0. */
  readonly replacements: Uint8Array
  /** The offset of the last match's replacement in `replacements`. */
  replacement = 0

  /** `blob` is a precompiled_charsmap of at least one rule, its header checked (see readSentencePieceModel). */
  constructor(blob: Uint8Array) {
    const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength)
    const trieBytes = view.getUint32(0, true)
    this.#units = new Int32Array(trieBytes / 4)
    if (littleEndian) new Uint8Array(this.#units.buffer).set(blob.subarray(4, 4 + trieBytes))
    else for (let i = 0; i < this.#units.length; i++) this.#units[i] = view.getInt32(4 + 4 * i, true)
    this.replacements = blob.subarray(4 + trieBytes)
  }

  /**
   * The end of the longest text at `at` that has a rule, with `replacement` set to its replacement; `at` if there is
   * none.
   */
  longest(bytes: Uint8Array, at: number, end: number): number {
    const units = this.#units
    let longest = at
    let position = 0
    let unit = units[0]
    for (let k = at; k < end; k++) {
      position ^= childOffset(unit) ^ bytes[k]
      if (position >= units.length) break // the file is damaged
      unit = units[position]
      if ((unit & LABEL) !== bytes[k]) break
      if ((unit & ENDS_RULE) === 0) continue
      const leaf = position ^ childOffset(unit)
      if (leaf >= units.length || (units[leaf] & VALUE) >= this.replacements.length) break
      this.replacement = units[leaf] & VALUE
      longest = k + 1
    }
    return longest
  }

  /** Whether a rule fits the beginning of these bytes, with `replacement` set to that of the shortest such rule. */
  begins(bytes: Uint8Array): boolean {
    for (let end = 1; end <= bytes.length && bytes[end - 1] !== 0; end++)
      if (this.longest(bytes, 0, end) === end) return true
    return false
  }
}

const LABEL = 0x800000ff | 0
const ENDS_RULE = 0x100
const VALUE = 0x7fffffff

const childOffset = (unit: number) => (unit >>> 10) << ((unit & 0x200) >>> 6)

const littleEndian = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1

/** A list of 32-bit integers in an array that grows by doubling. */
export class GrowingIntegers {
  /** The array, of which the first `length` numbers are the list. */
  values = new Int32Array(16)
  length = 0

  push(value: number): void {
    if (this.length === this.values.length) {
      const longer = new Int32Array(2 * this.length)
      longer.set(this.values)
      this.values = longer
    }
    this.values[this.length++] = value
  }

  clear(): void {
    this.length = 0
  }
}

/** Arrays one after the other, as one. */
export const joinedFloats = (parts: readonly Float32Array[]): Float32Array<ArrayBuffer> =>
  filled(new Float32Array(lengthOf(parts)), parts)

/** The same of bytes. */
export const joinedBytes = (parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> =>
  filled(new Uint8Array(lengthOf(parts)), parts)

const lengthOf = (parts: readonly { length: number }[]) => parts.reduce((sum, { length }) => sum + length, 0)

function filled<A extends { set(part: A | P, at: number): void }, P extends { length: number }>(
  whole: A,
  parts: readonly P[],
): A {
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

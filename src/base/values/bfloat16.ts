// bfloat16: the upper half of a float32. Files hold weights in bfloat16, and caches hold keys and values in it.

/** Converts bfloat16 values; returns whether all of them are finite. */
export function floatsFromBfloat16(halves: Uint16Array, into: Float32Array): boolean {
  const bits = new Uint32Array(into.buffer, into.byteOffset, into.length)
  let special = 0
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i]
    bits[i] = half << 16
    special |= (half & 0x7f80) + 0x80 // rounding carries an exponent of all ones into bit 15
  }
  return (special & 0x8000) === 0
}

/** Rounds floats to the nearest bfloat16, ties to even. */
export function bfloat16FromFloats(values: Float32Array, into: Uint16Array): void {
  const all = new Uint32Array(values.buffer, values.byteOffset, values.length)
  for (let i = 0; i < all.length; i++) into[i] = bfloat16FromBits(all[i])
}

/** The bfloat16 nearest to the float32 of these bits, ties to even. */
export function bfloat16FromBits(bits: number): number {
  // A NaN whose fraction lies in the lower half would round to infinity; here it stays NaN.
  return (bits & 0x7fffffff) > 0x7f800000 ? (bits >>> 16) | 0x40 : (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16
}

// IEEE 754 binary16: sign, 5 bits of exponent (bias 15), 10 bits of fraction; 65504 is the largest finite value.

/** Converts halves; returns whether all of them are finite. */
export function floatsFromFloat16(halves: Uint16Array, into: Float32Array): boolean {
  const bits = new Int32Array(into.buffer, into.byteOffset, into.length)
  let special = 0
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i]
    // A float32 with the half's exponent and fraction is 2^112 times too small; the product is exact, for subnormals too.
    bits[i] = ((half & 0x8000) << 16) | ((half & 0x7fff) << 13)
    into[i] *= 2 ** 112
    special |= (half & 0x7c00) + 0x400 // rounding carries an exponent of all ones into bit 15
  }
  if ((special & 0x8000) === 0) return true
  for (let i = 0; i < halves.length; i++)
    if ((halves[i] & 0x7c00) === 0x7c00)
      bits[i] = ((halves[i] & 0x8000) << 16) | 0x7f800000 | ((halves[i] & 0x3ff) << 13)
  return false
}

/** Rounds floats to the nearest half, ties to even; a value that rounds past 65504 becomes infinity. */
export function float16FromFloats(values: Float32Array, into: Uint16Array): void {
  const all = new Uint32Array(values.buffer, values.byteOffset, values.length)
  for (let i = 0; i < all.length; i++) into[i] = roundToHalf(all[i])
}

function roundToHalf(bits: number): number {
  const sign = (bits >>> 16) & 0x8000
  const magnitude = bits & 0x7fffffff
  if (magnitude > 0x7f800000) return sign | 0x7e00 // NaN stays NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00 // 65520 and above: past halfway to 65536
  if (magnitude >= 0x38800000) {
    // Normal: rebase the exponent from 127 to 15, then round away 13 bits. A carry out of the fraction is correct.
    const moved = magnitude - (112 << 23)
    return sign | ((moved + 0xfff + ((moved >> 13) & 1)) >> 13)
  }
  if (magnitude <= 0x33000000) return sign // 2^-25 and below: nearer to zero than to 2^-24, or a tie that goes to even
  // Subnormal: units of 2^-24.
  const fraction = (magnitude & 0x7fffff) | 0x800000
  const shift = 126 - (magnitude >> 23)
  const kept = fraction >> shift
  const rest = fraction & ((1 << shift) - 1)
  const half = 1 << (shift - 1)
  return sign | (rest > half || (rest === half && kept & 1) ? kept + 1 : kept)
}

// The 256 values of the two logarithmic codes of telephony (ITU-T G.711), as samples from −1 to 1.

const table = (sampleOf: (code: number) => number): Float32Array =>
  Float32Array.from({ length: 256 }, (_, code) => sampleOf(code) / 32768)

/** A-law: even bits inverted; sign, 3 bits of exponent, 4 bits of mantissa. */
export const aLaw = table((code) => {
  const bits = code ^ 0x55
  const exponent = (bits >> 4) & 7
  const mantissa = ((bits & 15) << 4) + 8
  const magnitude = exponent === 0 ? mantissa : (mantissa + 256) << (exponent - 1)
  return bits & 0x80 ? magnitude : -magnitude
})

/** µ-law: all bits inverted, and a bias of 132 on the magnitude. */
export const muLaw = table((code) => {
  const bits = ~code & 0xff
  const magnitude = ((((bits & 15) << 3) + 132) << ((bits >> 4) & 7)) - 132
  return bits & 0x80 ? -magnitude : magnitude
})

/** The checksum of the bits of a polynomial, the highest bit first, beginning with 0; a table of 256 remainders. */
function checksum(bits: number, polynomial: number): (bytes: Uint8Array) => number {
  const mask = 2 ** bits - 1
  const table = Uint16Array.from({ length: 256 }, (_, byte) => {
    let remainder = byte << (bits - 8)
    for (let i = 0; i < 8; i++) remainder = (remainder << 1) ^ ((remainder >> (bits - 1)) & 1 ? polynomial : 0)
    return remainder & mask
  })
  return (bytes) => {
    let sum = 0
    for (const byte of bytes) sum = ((sum << 8) & mask) ^ table[(sum >> (bits - 8)) ^ byte]
    return sum
  }
}

/** Checksum of a frame's header: x⁸ + x² + x + 1. */
export const crc8 = checksum(8, 0x07)
/** Checksum of a whole frame: x¹⁶ + x¹⁵ + x² + 1. */
export const crc16 = checksum(16, 0x8005)

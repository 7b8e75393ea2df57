import { joinedBytes } from '../../base/values/joined-arrays.ts'

/**
 * Pixels as a PNG file in a data: URI (RFC 2083). `pixels` [height · width] are indices into `colors`, at most 256:
 * red, green, blue and opacity from 0 to 255. The data is not compressed, because these pictures are small.
 */
export function pngUri(
  width: number,
  height: number,
  pixels: Uint8Array,
  colors: readonly { rgb: readonly number[]; opacity: number }[],
): string {
  const header = [...bytesOf(width), ...bytesOf(height), 8, 3, 0, 0, 0] // 8 bits each, with a palette
  const rows = new Uint8Array(height * (width + 1)) // each line after a 0: no filter
  for (let y = 0; y < height; y++) rows.set(pixels.subarray(y * width, (y + 1) * width), y * (width + 1) + 1)
  const file = [
    Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10),
    chunk('IHDR', Uint8Array.from(header)),
    chunk('PLTE', Uint8Array.from(colors.flatMap(({ rgb }) => rgb))),
    chunk(
      'tRNS',
      Uint8Array.from(colors, ({ opacity }) => opacity),
    ),
    chunk('IDAT', stored(rows)),
    chunk('IEND', new Uint8Array()),
  ]
  return `data:image/png;base64,${base64(joinedBytes(file))}`
}

/** Four bytes, big-endian. */
const bytesOf = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]

function chunk(name: string, data: Uint8Array): Uint8Array {
  const body = joinedBytes([Uint8Array.from(name, (letter) => letter.charCodeAt(0)), data])
  return joinedBytes([Uint8Array.from(bytesOf(data.length)), body, Uint8Array.from(bytesOf(crc32(body)))])
}

/** A zlib stream with stored blocks (RFC 1950 and 1951). */
function stored(data: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [Uint8Array.of(0x78, 0x01)]
  for (let begin = 0; begin === 0 || begin < data.length; begin += 0xffff) {
    const block = data.subarray(begin, begin + 0xffff)
    const last = begin + 0xffff >= data.length ? 1 : 0
    const size = block.length
    parts.push(Uint8Array.of(last, size & 255, size >> 8, ~size & 255, (~size >> 8) & 255), block)
  }
  let [a, b] = [1, 0]
  for (const byte of data) {
    a = (a + byte) % 65521
    b = (b + a) % 65521
  }
  return joinedBytes([...parts, Uint8Array.from(bytesOf(((b << 16) | a) >>> 0))])
}

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1
  return value
})

function crc32(data: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of data) crc = table[(crc ^ byte) & 255] ^ (crc >>> 8)
  return (crc ^ 0xffffffff) >>> 0
}

function base64(bytes: Uint8Array): string {
  let text = ''
  for (let begin = 0; begin < bytes.length; begin += 0x8000)
    text += String.fromCharCode(...bytes.subarray(begin, begin + 0x8000))
  return btoa(text)
}

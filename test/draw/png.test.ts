import { inflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { pngUri } from '#dist/draw/marks/heat-map.js'

/** The chunks of a PNG by name. */
function chunksOf(uri: string): Map<string, Buffer> {
  const bytes = Buffer.from(uri.replace('data:image/png;base64,', ''), 'base64')
  expect(bytes.subarray(0, 8)).toEqual(Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'))
  const chunks = new Map<string, Buffer>()
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at)
    chunks.set(bytes.toString('latin1', at + 4, at + 8), bytes.subarray(at + 8, at + 8 + length))
    at += 12 + length
  }
  return chunks
}

const colors = Array.from({ length: 256 }, (_, i) => ({ rgb: [i, 0, 255 - i], opacity: i }))

test.each([
  [1, 1],
  [3, 2],
  [700, 200],
])('%i × %i pixels are encoded and decoded unchanged', (width, height) => {
  const pixels = Uint8Array.from({ length: width * height }, (_, i) => (i * 7) % 256)
  const chunks = chunksOf(pngUri(width, height, pixels, colors))
  expect([chunks.get('IHDR')!.readUInt32BE(0), chunks.get('IHDR')!.readUInt32BE(4)]).toEqual([width, height])
  expect(chunks.get('PLTE')!.subarray(6, 9)).toEqual(Buffer.from([2, 0, 253]))
  expect(chunks.get('tRNS')![200]).toBe(200)
  const rows = inflateSync(chunks.get('IDAT')!) // checks its checksum
  for (let y = 0; y < height; y++)
    expect(rows.subarray(y * (width + 1) + 1, (y + 1) * (width + 1))).toEqual(
      Buffer.from(pixels.subarray(y * width, (y + 1) * width)),
    )
})

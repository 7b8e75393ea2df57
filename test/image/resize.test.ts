import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openImage } from '#dist/image/open-image.js'
import { processed } from '#dist/image/processing.js'
import { type Pixels, type Resampling, resize } from '#dist/image/resize.js'
import { expectError } from '../formats/raw-safetensors.ts'

const golden = new URL('../golden/pictures/', import.meta.url)
const json = (name: string) => JSON.parse(readFileSync(new URL(name, golden), 'utf8'))

/** The picture of make_goldens.py. */
function source(width: number, height: number, channels: number): Pixels {
  const data = new Uint8Array(width * height * channels)
  let seed = 7n
  let at = 0
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let channel = 0; channel < channels; channel++) {
        seed = (seed * 1103515245n + 12345n) % 2147483648n
        const base = 128 + 100 * ((Math.floor(x / 7) + Math.floor(y / 5) + channel) % 2) - 50
        data[at++] = Math.max(0, Math.min(255, base + Number((seed >> 16n) % 61n) - 30))
      }
  return { data, width, height, channels }
}

interface Resized {
  width: number
  height: number
  channels: number
  to: [number, number]
  filter: Resampling
  hex: string
}

const { cases }: { cases: Resized[] } = json('resized.json')

it.each(cases)('resizes $width × $height × $channels to $to by $filter, to the bit as Pillow', (each) => {
  const { width, height, channels, to, filter, hex } = each
  const made = resize(source(width, height, channels), to[0], to[1], filter)
  expect(Buffer.from(made.data).toString('hex')).toBe(hex)
})

describe('files of pictures', () => {
  const processing = {
    size: [32, 32],
    resampling: 'bilinear',
    crop: null,
    rescale: 1 / 255,
    mean: [0.5, 0.5, 0.5],
    deviation: [0.5, 0.5, 0.5],
  } as const

  it.each(Object.entries(json('read.json') as Record<string, { size: number[]; hex32: string }>))(
    '%s is what Pillow reads, within one gray level',
    async (name, { size, hex32 }) => {
      const pixels = await openImage(new URL(name, golden))
      expect([pixels.width, pixels.height]).toEqual(size)
      const expected = Buffer.from(hex32, 'hex')
      const values = processed(pixels, processing)
      for (let i = 0; i < 32 * 32; i++)
        for (let channel = 0; channel < 3; channel++) {
          const gray = (values[channel * 1024 + i] * 0.5 + 0.5) * 255
          expect(Math.abs(gray - expected[3 * i + channel])).toBeLessThan(1.01)
        }
      // Bytes are read as the file is.
      const bytes = await openImage(new Uint8Array(readFileSync(new URL(name, golden))))
      expect(bytes).toEqual(pixels)
    },
  )

  it('gives pictures that are none, or damaged, a code', async () => {
    const png = readFileSync(new URL('page.png', golden))
    const code = async (image: unknown) =>
      openImage(image as string).then(
        () => 'read',
        (error) => error.code,
      )
    expect(await code(new Uint8Array(png.subarray(0, 300)))).toBe('ERR_IMAGE_FORMAT')
    expect(await code(new Uint8Array([1, 2, 3]))).toBe('ERR_IMAGE_FORMAT')
    expect(await code(new Uint8Array())).toBe('ERR_IMAGE_FORMAT')
    expect(await code('nowhere.png')).toBe('ERR_FILE')
    expect(await code(new URL('.', golden))).toBe('ERR_FILE')
    for (const given of [
      7,
      null,
      undefined,
      {},
      new URL('https://example.org/a.png'),
      { data: [1], width: 1, height: 1 },
    ])
      expect(await code(given)).toBe('ERR_INPUT')
    for (const [width, height, channels] of [
      [2, 2, 3],
      [0, 1, 3],
      [1.5, 2, 1],
      [1, 1, 5],
    ])
      expect(await code({ data: new Uint8Array(3), width, height, channels })).toBe('ERR_INPUT')
    expect(await code({ data: new Uint8ClampedArray(12), width: 2, height: 2 })).toBe('read')
  })

  it('cuts the middle out, and refuses a picture that has none', () => {
    const pixels = source(9, 7, 3)
    const own = { ...processing, size: null, crop: [3, 5] as const, rescale: 1, mean: [0, 0, 0], deviation: [1, 1, 1] }
    const values = processed(pixels, own)
    expect(values).toHaveLength(45)
    expect(values[0]).toBe(pixels.data[(2 * 9 + 2) * 3])
    expectError(() => processed(source(4, 4, 3), { ...own, crop: [3, 5] }), 'ERR_INPUT')
  })
})

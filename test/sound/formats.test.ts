import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openBytes } from '#dist/sound/input/decode.js'
import { bytesOf, gathered, goldenSound } from './golden-sound.ts'

const files: Record<string, { samples: number; sha256: string }> = JSON.parse(
  readFileSync(join(goldenSound, 'files.json'), 'utf8'),
)

const never = () => {
  throw new Error('this is for ffmpeg')
}

/** The bytes in pieces of a size that fits no block and no frame. */
function* inPieces(bytes: Uint8Array, size: number) {
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size)
}

describe.each(Object.entries(files))('%s', (name, { samples, sha256 }) => {
  test.each([1, 997, 1 << 20])('has the samples that libsndfile reads, in pieces of %i bytes', async (size) => {
    const stream = await openBytes(() => inPieces(bytesOf(name), size), never)
    expect([stream.rate, stream.channels]).toEqual([44100, Number(/(\d)\.\w+$/.exec(name)![1])])
    expect(stream.announced).toBe(samples)
    const read = await gathered(stream.samples)
    expect(read.length).toBe(samples)
    expect(createHash('sha256').update(new Uint8Array(read.buffer)).digest('hex')).toBe(sha256)
  })
})

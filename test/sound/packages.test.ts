import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { decodeBytesByFfmpeg } from '#dist/sound/input/ffmpeg.js'
import { openSound } from '#dist/sound/input/open-sound.js'
import { decodeByPackage } from '#dist/sound/input/packages.js'
import { bytesOf, difference, gathered } from './golden-sound.ts'

// The packages that read MP3, Ogg Vorbis and Ogg Opus are development dependencies here, and optional for users.

const scratch = mkdtempSync(join(tmpdir(), 'sound-'))
afterAll(() => rmSync(scratch, { recursive: true }))

const kinds = {
  'mono.mp3': 'MP3',
  'stereo.mp3': 'MP3',
  'vorbis.ogg': 'Ogg Vorbis',
  'stereo.ogg': 'Ogg Vorbis',
  'opus.opus': 'Ogg Opus',
}

function* inPieces(bytes: Uint8Array, size: number) {
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size)
}

const samplesOf = async (bytes: Uint8Array) => gathered((await openSound(new Blob([bytes as never]))).samples())

/** Fails where ffmpeg would be needed. */
const withoutFfmpeg = async <T>(work: () => Promise<T>): Promise<T> => {
  const { PATH } = process.env
  process.env.PATH = ''
  try {
    return await work()
  } finally {
    process.env.PATH = PATH
  }
}

describe.each(Object.entries(kinds))('%s', (name, kind) => {
  test.each([1 << 16, 997])('has the samples that libsndfile reads, in pieces of %i bytes', async (size) => {
    const stream = (await decodeByPackage(inPieces(bytesOf(name), size), kind))!
    const found = await gathered(stream.samples)
    const golden = await openSoundAtItsRate(`${name}.flac`)
    expect(stream.rate).toBe(golden.rate)
    expect(difference(found, golden.samples)).toBeLessThan(2e-3)
  })

  test('is told by its content, and read without ffmpeg', async () => {
    const path = join(scratch, 'of-another-name.bin')
    writeFileSync(path, bytesOf(name))
    const [fromFile, fromBytes] = await withoutFfmpeg(async () => [
      await gathered((await openSound(path)).samples()),
      await samplesOf(bytesOf(name)),
    ])
    expect(fromFile!.length).toBeGreaterThan(12_700)
    expect(difference(fromFile!, fromBytes!)).toBe(0)
  })

  test('that is cut off or damaged within is read as far as it can be', async () => {
    const bytes = bytesOf(name)
    const whole = await samplesOf(bytes)
    // Twice the sound, one after the other: a page of Ogg holds all of one.
    const twice = new Uint8Array(2 * bytes.length)
    twice.set(bytes)
    twice.set(bytes, bytes.length)
    const cut = await samplesOf(twice.slice(0, 1.5 * bytes.length))
    expect(cut.length).toBeGreaterThan(0.9 * whole.length)
    twice.fill(0, 1.5 * bytes.length, 1.5 * bytes.length + 200)
    const read = await samplesOf(twice)
    expect(read.length).toBeGreaterThan(0.9 * whole.length)
    expect(read.every(Number.isFinite)).toBe(true)
  })

  test('without any sound after its head is refused', async () => {
    const bytes = bytesOf(name).slice(0, 60)
    await expect(samplesOf(bytes)).rejects.toMatchObject({
      code: 'ERR_AUDIO_FORMAT',
      message: expect.stringMatching(/at byte \d+: /),
    })
  })
})

async function openSoundAtItsRate(name: string) {
  const { openBytes } = await import('#dist/sound/input/decode.js')
  const stream = await openBytes(
    () => inPieces(bytesOf(name), 1 << 16),
    () => {
      throw new Error('it is FLAC')
    },
  )
  return { rate: stream.rate, samples: await gathered(stream.samples) }
}

test('an MP3 with a picture of 300 kB before its sound is read', async () => {
  const tag = new Uint8Array(10 + 300_000)
  const size = 300_000
  tag.set([0x49, 0x44, 0x33, 3, 0, 0, size >> 21, (size >> 14) & 127, (size >> 7) & 127, size & 127])
  const sound = bytesOf('mono.mp3')
  const whole = new Uint8Array(tag.length + sound.length)
  whole.set(tag)
  whole.set(sound, tag.length)
  expect(Math.abs((await samplesOf(whole)).length - (await samplesOf(sound)).length)).toBeLessThan(1200)
})

test('ten minutes of MP3 take no more memory than one', async () => {
  const minute = (minutes: number) =>
    (function* () {
      const bytes = bytesOf('mono.mp3')
      for (let i = 0; i < minutes * 75; i++) yield bytes
    })()
  const peakOf = async (minutes: number) => {
    const stream = (await decodeByPackage(minute(minutes), 'MP3'))!
    let count = 0
    let peak = 0
    for await (const piece of stream.samples) {
      count += piece.length
      if (count % 1_600_000 < piece.length) peak = Math.max(peak, process.memoryUsage().arrayBuffers)
    }
    expect(count).toBeGreaterThan(minutes * 50 * 16_000)
    return peak
  }
  const one = await peakOf(1)
  expect(await peakOf(10)).toBeLessThan(one + 64e6)
})

test('a format that no package reads is left to ffmpeg; without both the error says what to install', async () => {
  expect(await decodeByPackage([], 'AAC')).toBeNull()
  await withoutFfmpeg(async () => {
    const of = (kind: string) => gathered(decodeBytesByFfmpeg([new Uint8Array(4)], kind).samples)
    await expect(of('MP3')).rejects.toMatchObject({
      code: 'ERR_FFMPEG',
      message: expect.stringContaining('npm install mpg123-decoder, or install ffmpeg'),
    })
    await expect(of('AAC')).rejects.not.toMatchObject({ message: expect.stringContaining('npm install') })
  })
})

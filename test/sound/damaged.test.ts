import { describe, expect, test } from 'vitest'
import { decodeBytesByFfmpeg } from '#dist/sound/input/ffmpeg.js'
import { openInput } from '#dist/sound/input/open.js'
import { bytesOf } from './golden-sound.ts'

// 500 files, each damaged in one place: an error with a code and an offset, or as many samples as the file can hold.

const wav = bytesOf('speech.wav')
const flac = bytesOf('flac-pcm_16-2.flac')

/** A generator of numbers from 0 to 1 that always begins the same (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

function changed(bytes: Uint8Array, change: (copy: Uint8Array, view: DataView) => void): Uint8Array {
  const copy = bytes.slice()
  change(copy, new DataView(copy.buffer))
  return copy
}

interface Outcome {
  samples: number
  error?: { code: string; message: string }
}

async function outcome(bytes: Uint8Array): Promise<Outcome> {
  let samples = 0
  try {
    const sound = await openInput(new Blob([bytes as Uint8Array<ArrayBuffer>]), decodeBytesByFfmpeg)
    for await (const piece of sound.samples()) {
      samples += piece.length
      if (!piece.every(Number.isFinite)) throw new Error('a sample that is no number')
    }
    return { samples }
  } catch (error) {
    return { samples, error: error as Outcome['error'] }
  }
}

/** Expects an error of a damaged file, which says where; samples before the damage may have been read. */
async function expectRefused(bytes: Uint8Array, what: RegExp | string): Promise<void> {
  const { error } = await outcome(bytes)
  expect(error, String(what)).toMatchObject({ code: 'ERR_AUDIO_FORMAT', message: expect.stringMatching(what) })
  const offset = Number(/at byte (\d+)/.exec(error!.message)?.[1])
  expect(offset).toBeGreaterThanOrEqual(0)
  expect(offset).toBeLessThanOrEqual(bytes.length)
}

/** A WAV file with this format and these bytes of samples. */
function wavOf(
  format: { tag?: number; channels?: number; rate?: number; bits?: number; block?: number },
  data: Uint8Array,
) {
  const { tag = 1, channels = 1, rate = 16000, bits = 16, block = (channels * bits) / 8 } = format
  return changed(new Uint8Array(44 + data.length), (file, view) => {
    file.set(Buffer.from('RIFF\0\0\0\0WAVEfmt '))
    view.setUint32(4, 36 + data.length, true)
    view.setUint32(16, 16, true)
    view.setUint16(20, tag, true)
    view.setUint16(22, channels, true)
    view.setUint32(24, rate, true)
    view.setUint32(28, rate * block, true)
    view.setUint16(32, block, true)
    view.setUint16(34, bits, true)
    file.set(Buffer.from('data'), 36)
    view.setUint32(40, data.length, true)
    file.set(data, 44)
  })
}

describe('cut', () => {
  test.each(Array.from({ length: 100 }, (_, i) => i))('WAV, file %i', async (i) => {
    await expectRefused(wav.subarray(0, i < 45 ? i : Math.floor((wav.length * i) / 101)), /cut|ends|beyond|empty|known/)
  })

  test.each(Array.from({ length: 100 }, (_, i) => i))('FLAC, file %i', async (i) => {
    await expectRefused(
      flac.subarray(0, i < 50 ? i : Math.floor((flac.length * i) / 100)),
      /cut|ends|beyond|empty|known/,
    )
  })
})

describe('a byte of FLAC is another one', () => {
  const random = numbers(1)
  test.each(Array.from({ length: 150 }, (_, i) => i))('file %i', async () => {
    const at = Math.floor(random() * flac.length)
    const damaged = changed(flac, (copy) => {
      copy[at] ^= 1 + Math.floor(random() * 255)
    })
    const { error, samples } = await outcome(damaged)
    // Metadata is not sound: what stands there, or which rate, nobody can check. Frames have checksums.
    if (error) expect(error).toMatchObject({ code: 'ERR_AUDIO_FORMAT', message: expect.stringMatching(/at byte \d+/) })
    else expect(at, `${samples} samples`).toBeLessThan(8192 + 100)
    expect(samples).toBeLessThan(1_000_000)
  })
})

describe('a byte of the header of WAV is another one', () => {
  const random = numbers(2)
  test.each(Array.from({ length: 100 }, (_, i) => i))('file %i', async (i) => {
    const damaged = changed(wav, (copy) => {
      copy[i % 44] ^= 1 + Math.floor(random() * 255)
    })
    const { error, samples } = await outcome(damaged)
    if (error) expect(error).toMatchObject({ code: expect.stringMatching(/^ERR_(AUDIO_FORMAT|FFMPEG)$/) })
    expect(samples).toBeLessThanOrEqual(wav.length * 16)
  })
})

describe('noise after a good beginning', () => {
  const random = numbers(3)
  test.each(Array.from({ length: 25 }, (_, i) => i))('file %i', async () => {
    const noise = Uint8Array.from({ length: 20_000 }, () => Math.floor(random() * 256))
    for (const head of [flac.subarray(0, 42), flac.subarray(0, 8300), wav.subarray(0, 12)])
      await expectRefused(Buffer.concat([head, noise]), /./)
  })
})

describe('odd', () => {
  const samples = Uint8Array.from({ length: 4800 }, (_, i) => i * 7)
  const floats = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer)

  test.each<[string, Uint8Array, RegExp]>([
    ['0 Hz', wavOf({ rate: 0 }, samples), /at byte 24: 0 Hz/],
    ['1 Hz', wavOf({ rate: 1 }, samples), /at byte 24: 1 Hz/],
    ['4 GHz', wavOf({ rate: 4e9 }, samples), /4000000000 Hz/],
    ['no channel', wavOf({ channels: 0, block: 2 }, samples), /at byte 22: 0 channels/],
    ['65535 channels', wavOf({ channels: 65535, block: 2 }, samples), /65535 channels/],
    ['0 bits', wavOf({ bits: 0, block: 2 }, samples), /0 bits/],
    ['40 bits', wavOf({ bits: 40 }, samples.subarray(0, 4800)), /a block of 5 bytes/],
    ['a block of 0 bytes', wavOf({ block: 0 }, samples), /a block of 0 bytes/],
    ['half a sample', wavOf({}, samples.subarray(0, 4799)), /4799 bytes of samples are no whole number of blocks/],
    ['float of 16 bits', wavOf({ tag: 3 }, samples), /float samples/],
    ['NaN', wavOf({ tag: 3, bits: 32 }, floats(0, 1, Number.NaN)), /at byte 52: .* not a number/],
    ['infinity', wavOf({ tag: 3, bits: 32 }, floats(0, Number.NEGATIVE_INFINITY)), /at byte 48: .* beyond/],
    ['1e30', wavOf({ tag: 3, bits: 32 }, floats(1e30)), /at byte 44: .* beyond/],
    [
      '2 GB in its header',
      changed(wav, (_, view) => view.setUint32(40, 2 ** 31 - 1, true)),
      /2147483647 bytes of samples/,
    ],
    [
      'a chunk of 4 GB',
      changed(wav, (copy, view) => {
        copy.set(Buffer.from('LIST'), 36)
        view.setUint32(40, 4e9, true)
      }),
      /at byte 36: the chunk 'LIST' of 4000000000 bytes reaches beyond/,
    ],
    ['a format of 4 GB', changed(wav, (_, view) => view.setUint32(16, 4e9, true)), /at byte 12: the chunk 'fmt '/],
    [
      'samples before their format',
      changed(wav, (copy) => copy.set(Buffer.from('fmtx'), 12)),
      /come before their format/,
    ],
    [
      'zip named wav',
      Buffer.from('PK\x03\x04\x14\0\0\0\x08\0aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'latin1'),
      /at byte 0: .*PK/,
    ],
    ['a text', Buffer.from('This is a text and no sound at all, whatever its name says.'), /at byte 0: .*This is/],
    ['JPEG', Buffer.from('\xff\xd8\xff\xe0\0\x10JFIF\0\x01'.padEnd(99), 'latin1'), /at byte 0/],
    ['nothing', new Uint8Array(0), /empty/],
    ['zeros', new Uint8Array(5000), /at byte 0/],
    ['FLAC of 0 Hz', changed(flac, (copy) => copy.fill(0, 18, 20)), /Hz/],
    [
      'FLAC of 2 ** 36 − 1 samples',
      changed(flac, (copy) => {
        copy[21] |= 15
        copy.fill(255, 22, 26)
      }),
      /the file is cut: it announces 68719476735 samples/,
    ],
    [
      'FLAC whose first block is padding',
      changed(flac, (copy) => {
        copy[4] = 1
      }),
      /does not describe the stream/,
    ],
  ])('%s', (_, bytes, message) => expectRefused(bytes, message))

  test.each([
    ['no samples', wavOf({}, new Uint8Array(0)), 0],
    ['a length that the recorder did not know', changed(wav, (_, view) => view.setUint32(40, 0xffffffff, true)), 12800],
    [
      'an unfinished recording',
      changed(wav, (_, view) => {
        view.setUint32(4, 0, true)
        view.setUint32(40, 0, true)
      }),
      12800,
    ],
    ['12 bits in 2 bytes', wavOf({ bits: 12, block: 2 }, samples), 2400],
    ['256 channels', wavOf({ channels: 256, bits: 8 }, samples.subarray(0, 2560)), 10],
    ['something after the samples', Buffer.concat([wav, Buffer.from('LIST\x04\0\0\0abcd')]), 12800],
    [
      'FLAC of an unknown length',
      changed(flac, (copy) => {
        copy[21] &= 0xf0
        copy.fill(0, 22, 26)
      }),
      2000,
    ],
  ])('%s is read', async (_, bytes, length) => {
    const { samples, error } = await outcome(bytes)
    expect(error).toBeUndefined()
    expect(samples).toBe(length)
  })

  test('memory follows the file, not its header', async () => {
    const before = process.memoryUsage().rss
    for (let i = 0; i < 20; i++) await outcome(changed(wav, (_, view) => view.setUint32(40, 2 ** 31 - 2, true)))
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6)
  })

  test('the error is of the file, and named after it', async () => {
    const { openSound } = await import('#dist/sound/input/open-sound.js')
    const { mkdtempSync, rmSync, writeFileSync } = await import('node:fs')
    const folder = mkdtempSync('/tmp/glassformer-damaged-')
    writeFileSync(`${folder}/talk.wav`, wav.subarray(0, 5000))
    const reading = openSound(`${folder}/talk.wav`).then(async (sound) => {
      for await (const _ of sound.samples());
    })
    await expect(reading).rejects.toThrow(/talk\.wav: WAV, at byte 5000: the file is cut/)
    rmSync(folder, { recursive: true })
  })
})

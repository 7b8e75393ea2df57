import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { openSound } from '#dist/sound/input/open-sound.js'
import { bytesOf, difference, gathered, goldenSound } from './golden-sound.ts'

const path = join(goldenSound, 'speech.wav')
const bytes = bytesOf('speech.wav')
const speech = await gathered((await openSound(path)).samples())
const folder = mkdtempSync(join(tmpdir(), 'glassformer-sound-'))
const hasFfmpeg = spawnSync('ffmpeg', ['-version']).status === 0

afterEach(() => vi.unstubAllEnvs())

const asBuffer = {
  numberOfChannels: 2,
  sampleRate: 16000,
  getChannelData: (i: number) => (i === 0 ? speech : new Float32Array(speech.length)),
}

test.each([
  ['a path', path],
  ['a URL', pathToFileURL(path)],
  ['bytes', bytes],
  ['an ArrayBuffer', bytes.buffer],
  ['a Blob', new Blob([bytes as Uint8Array<ArrayBuffer>])],
  ['a stream of the platform', new Blob([bytes as Uint8Array<ArrayBuffer>]).stream()],
  [
    'an iterable of bytes',
    (async function* () {
      yield bytes.subarray(0, 50)
      yield bytes.subarray(50)
    })(),
  ],
  ['samples', speech],
  ['samples with their rate', { samples: speech, sampleRate: 16000 }],
  [
    'a stream of samples',
    (async function* () {
      yield speech.subarray(0, 7)
      yield speech.subarray(7)
    })(),
  ],
])('%s is sound', async (_, input) => {
  const sound = await openSound(input as never)
  expect(difference(await gathered(sound.samples()), speech)).toBe(0)
  if (sound.seconds !== undefined) expect(sound.seconds).toBe(0.8)
  if (sound.isReplayable) expect(difference(await gathered(sound.samples()), speech)).toBe(0)
})

test('an AudioBuffer is the mean of its channels', async () => {
  const half = speech.map((sample) => sample / 2)
  expect(difference(await gathered((await openSound(asBuffer)).samples()), half)).toBe(0)
})

test('samples of another rate are brought to 16 kHz', async () => {
  const sound = await openSound({ samples: speech, sampleRate: 8000 })
  expect(sound.seconds).toBe(1.6)
  expect((await gathered(sound.samples())).length).toBe(25600)
})

test.each([[null], [7], [{}], [[1, 2]], [{ samples: [1] }], [new Float64Array(3)]])('%o is no sound', async (value) => {
  await expect(openSound(value as never)).rejects.toMatchObject({ code: 'ERR_INPUT' })
})

test('samples that are no numbers are refused, and their place is said', async () => {
  const sound = await openSound(Float32Array.of(0, 1, Number.NaN))
  await expect(gathered(sound.samples())).rejects.toMatchObject({ code: 'ERR_INPUT', message: /sample 2 .* NaN/ })
})

test('a missing file, a folder', async () => {
  await expect(openSound(join(folder, 'none.wav'))).rejects.toMatchObject({ code: 'ERR_FILE' })
  await expect(openSound(folder)).rejects.toMatchObject({ code: 'ERR_FILE' })
})

describe('other formats', () => {
  const aiff = join(folder, 'talk.aiff')
  writeFileSync(aiff, Buffer.concat([Buffer.from('FORM\0\0\0\0AIFF'), Buffer.alloc(2000)]))

  test('need ffmpeg, and the error says so', async () => {
    vi.stubEnv('PATH', folder)
    for (const input of [aiff, new Uint8Array(Buffer.from(`FORM\0\0\0\0AIFF${'\0'.repeat(99)}`))])
      await expect(openSound(input).then((sound) => gathered(sound.samples()))).rejects.toMatchObject({
        code: 'ERR_FFMPEG',
        message: /AIFF, for which ffmpeg is needed.* no ffmpeg on the PATH/,
      })
  })

  test.skipIf(!hasFfmpeg)('are read by ffmpeg, as files and as bytes', async () => {
    const m4a = join(folder, 'talk.m4a')
    spawnSync('ffmpeg', ['-v', 'error', '-y', '-i', path, '-b:a', '96k', m4a])
    const { readFileSync } = await import('node:fs')
    for (const input of [m4a, readFileSync(m4a)]) {
      const read = await gathered((await openSound(input)).samples())
      expect(Math.abs(read.length - speech.length)).toBeLessThan(2500)
      expect(Math.max(...read)).toBeGreaterThan(0.5 * Math.max(...speech))
    }
  })

  test.skipIf(!hasFfmpeg)('that ffmpeg cannot read are refused in its words', async () => {
    const sound = await openSound(aiff)
    await expect(gathered(sound.samples())).rejects.toMatchObject({ code: 'ERR_FFMPEG', message: /ffmpeg cannot read/ })
  })
})

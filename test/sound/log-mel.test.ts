import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openSound } from '#dist/sound/input/open-sound.js'
import { LogMel, logMel, melPeak, normalizeMel } from '#dist/sound/signal/log-mel.js'
import { npzArrays } from '../npz.ts'
import { sharedFolder } from '../shared-folder.ts'
import { difference, floatsOf, gathered, goldenSound, joined } from './golden-sound.ts'

const speech = await gathered((await openSound(join(goldenSound, 'speech.wav'))).samples())

test.each([80, 128])('log-mel of %i filters is that of transformers', (mels) => {
  expect(difference(logMel(speech, mels), floatsOf(`mel-${mels}.f32`))).toBeLessThan(2e-5)
})

test.each([1, 160, 201, 4001])('in pieces of %i samples it is the same', (size) => {
  const stream = new LogMel(80)
  const frames: Float32Array[] = []
  for (let i = 0; i < speech.length; i += size) frames.push(stream.push(speech.subarray(i, i + size)))
  frames.push(stream.end())
  const mel = joined(frames)
  expect(difference(normalizeMel(mel, melPeak(mel)), logMel(speech))).toBe(0)
})

test.each([0, 1, 159, 160, 161, 200, 201, 320])('%i samples have a frame for each 160', (length) => {
  const mel = logMel(speech.subarray(0, length))
  expect(mel.length).toBe(80 * Math.floor(length / 160))
  expect(mel.every(Number.isFinite)).toBe(true)
})

test('silence is −1.5', () => {
  expect(new Set(logMel(new Float32Array(16000)))).toEqual(new Set([-1.5]))
})

describe.skipIf(!sharedFolder)('the clips of ../shared', () => {
  const folder = join(sharedFolder ?? '', 'golden/whisper')
  const golden = sharedFolder ? npzArrays(join(folder, 'whisper-base/features.npz')) : null

  test.each(['jfk', 'fr-congrats', 'fr-instruct', 'mixed', 'multilingual', 'silence', 'noise'])('%s', async (name) => {
    const samples = await gathered((await openSound(join(folder, 'clips', `${name}.wav`))).samples())
    const padded = new Float32Array(480000)
    padded.set(samples.subarray(0, 480000))
    const kinds = { short: padded, long: samples }
    let compared = 0
    for (const [kind, sound] of Object.entries(kinds)) {
      const expected = golden!.get(`${name}.${kind}`)
      if (!expected) continue
      const columns = golden!.get(`${name}.${kind}.columns`)!
      const mel = logMel(sound)
      for (let mel80 = 0; mel80 < 80; mel80++)
        for (let i = 0; i < columns.values.length; i++) {
          const own = mel[columns.values[i]! * 80 + mel80]!
          if (Math.abs(own - expected.values[mel80 * columns.values.length + i]!) > 2e-5) expect.fail(`${kind} ${i}`)
          compared++
        }
    }
    expect(compared).toBeGreaterThan(2000)
  })
})

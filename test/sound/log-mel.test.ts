import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openSound } from '#dist/sound/input/open-sound.js'
import { LogMel, logMel, melPeak, normalizeMel } from '#dist/sound/signal/log-mel.js'
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

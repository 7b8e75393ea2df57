import { expect, test } from 'vitest'
import { detectorInfo } from '#dist/sound/speech/detector.js'
import { segmentAt, speechChunks, timeInSound } from '#dist/sound/speech/segments.js'
import { sileroWeights } from '#dist/sound/speech/silero.js'

test('the package has the weights', () => {
  expect(detectorInfo()).toEqual({ kind: 'silero' })
})

test('weights of another size are refused', () => {
  expect(() => sileroWeights(new Uint8Array(5))).toThrow(expect.objectContaining({ code: 'ERR_MODEL_FORMAT' }))
})

test('a time in a chunk is that in the whole, and an end in a cut silence stays with its speech', () => {
  const chunk = {
    segments: [
      { start: 16000, end: 32000 },
      { start: 160000, end: 176000 },
    ],
    length: 32000,
  }
  expect([0, 0.5, 1, 1.5, 9].map((seconds) => timeInSound(chunk, seconds, 'start'))).toEqual([1, 1.5, 10, 10.5, 11])
  expect([0, 0.5, 1, 1.5, 9].map((seconds) => timeInSound(chunk, seconds, 'end'))).toEqual([1, 1.5, 2, 10.5, 11])
})

test('both ends of a word lie in the segment that has its middle', () => {
  const chunk = {
    segments: [
      { start: 16000, end: 32000 },
      { start: 160000, end: 176000 },
    ],
    length: 32000,
  }
  expect([0, 0.9, 1.1, 9].map((seconds) => segmentAt(chunk, seconds))).toEqual([0, 0, 1, 1])
  const word = ([start, end]: [number, number]) =>
    [start, end].map((seconds) => timeInSound(chunk, seconds, segmentAt(chunk, (start + end) / 2)))
  expect(word([0.8, 1.1])).toEqual([1.8, 2])
  expect(word([0.9, 1.3])).toEqual([10, 10.3])
})

test('a segment longer than a chunk is one of its own', () => {
  const segments = [
    { start: 0, end: 16000 },
    { start: 16000, end: 16000 * 40 },
    { start: 16000 * 41, end: 16000 * 42 },
  ]
  expect(speechChunks(segments).map(({ segments }) => segments.length)).toEqual([1, 1, 1])
})

import { describe, expect, test } from 'vitest'
import { openBytes } from '#dist/sound/input/decode.js'
import { Resampler } from '#dist/sound/signal/resampler.js'
import { bytesOf, difference, floatsOf, gathered, joined } from './golden-sound.ts'

const speech = await gathered(
  (
    await openBytes(
      () => [bytesOf('speech.wav')],
      () => Promise.reject(),
    )
  ).samples,
)

function resampled(samples: Float32Array, from: number, to: number, piece = samples.length): Float32Array {
  const resampler = new Resampler(from, to)
  const pieces: Float32Array[] = []
  for (let i = 0; i < samples.length; i += piece) pieces.push(resampler.push(samples.subarray(i, i + piece)))
  return joined([...pieces, resampler.end()])
}

const tone = (rate: number, hertz: number, seconds = 0.5) =>
  Float32Array.from({ length: rate * seconds }, (_, i) => Math.sin((2 * Math.PI * hertz * i) / rate))

const root = (samples: Float32Array) => Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length)
/** Without the ends, where silence begins. */
const inner = (samples: Float32Array) => samples.subarray(800, -800)

test.each([8000, 11025, 44100, 48000])('speech at %i Hz is what scipy makes of it', (rate) => {
  const golden = floatsOf(`resampled-${rate}.f32`)
  const own = resampled(speech, 16000, rate).subarray(0, golden.length)
  // The two filters differ near the highest frequency, where scipy's falls earlier (Kaiser's window of β 5, 10 zeros).
  expect(difference(own, golden)).toBeLessThan(0.015 * Math.max(...golden))
})

describe.each([8000, 11025, 22050, 24000, 32000, 44100, 44101, 48000, 96000, 1000, 767999])('from %i Hz', (rate) => {
  const hertz = Math.min(rate, 16000) * 0.3
  const sound = tone(rate, hertz)
  test('a tone keeps its frequency, its phase and its loudness', () => {
    const out = resampled(sound, rate, 16000)
    expect(out.length).toBe(Math.ceil((sound.length * 16000) / rate))
    expect(difference(inner(out), inner(tone(16000, hertz).subarray(0, out.length)))).toBeLessThan(1e-3)
  })

  test('the pieces in which it comes make no difference', () => {
    expect(difference(resampled(sound, rate, 16000, 777), resampled(sound, rate, 16000))).toBe(0)
  })
})

test('what lies above half the new rate is gone, 80 dB down', () => {
  for (const hertz of [8600, 9000, 12000, 20000])
    expect(root(inner(resampled(tone(48000, hertz), 48000, 16000)))).toBeLessThan(1e-4)
})

test('nothing becomes nothing, and one sample one', () => {
  expect(resampled(new Float32Array(0), 8000, 16000).length).toBe(0)
  expect(resampled(Float32Array.of(0.5), 16000, 8000).length).toBe(1)
})

test.each([
  [44100, 7400],
  [48000, 7400],
  [8000, 3900],
  [11025, 5370],
])('from %i Hz a tone of %i Hz, near the edge, keeps its loudness to half a decibel', (rate, hertz) => {
  const loudness = root(inner(resampled(tone(rate, hertz), rate, 16000))) / Math.SQRT1_2
  expect(Math.abs(20 * Math.log10(loudness))).toBeLessThan(0.5)
})

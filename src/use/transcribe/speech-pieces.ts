import { joinedFloats } from '../../base/values/joined-arrays.ts'
import type { Sound } from '../../sound/input/sound.ts'
import { type SpeechChunk, type SpeechSegment, speechSegments } from '../../sound/speech/segments.ts'
import { SPEECH_FRAME } from '../../sound/speech/silero.ts'
import type { ResolvedTranscribe } from './options.ts'
import { RATE } from './sound-windows.ts'

/** Samples whose speech is found at once, and samples before them by which the detector gets used to the sound: 2 minutes, 4 seconds. */
const PIECE = 3750 * SPEECH_FRAME
const BEFORE = 125 * SPEECH_FRAME

/** The probability of speech of each frame of 512 samples; `isLast`: a frame that is not full is filled up. */
export type FindSpeech = (samples: Float32Array, isLast: boolean) => Promise<Float32Array>

/** Silence of this many seconds ends a piece of speech that is heard by itself, and not as a part of a whole sound. */
const SHORT_SILENCE = 0.16

/** The longest that a piece may be which is heard by itself, in seconds. */
export const LONGEST_PIECE = 30

/** Where somebody speaks in a sound, and how long the sound is, in samples. */
export async function speechIn(
  sound: Sound,
  find: FindSpeech,
  options: ResolvedTranscribe,
): Promise<{ segments: SpeechSegment[]; length: number }> {
  const probabilities: Float32Array[] = []
  let length = 0
  for await (const { samples, skip, isLast } of pieces(sound)) {
    length += samples.length - skip
    probabilities.push((await find(samples, isLast)).subarray(skip / SPEECH_FRAME))
  }
  const segments = speechSegments(joinedFloats(probabilities), length, {
    threshold: options.vadThreshold,
    minSilence: options.vadMinSilence ?? (options.batched ? SHORT_SILENCE : 2),
    minSpeech: options.vadMinSpeech,
    pad: options.vadPad,
    ...(options.batched && { maxSpeech: LONGEST_PIECE }),
  })
  return { segments, length }
}

/** Pieces of a sound, each after the end of the one before it. */
async function* pieces(sound: Sound): AsyncGenerator<{ samples: Float32Array; skip: number; isLast: boolean }> {
  let held = new Float32Array(PIECE + BEFORE)
  let [count, skip] = [0, 0]
  for await (const given of sound.samples())
    for (let at = 0; at < given.length; ) {
      const some = Math.min(given.length - at, skip + PIECE - count)
      held.set(given.subarray(at, at + some), count)
      count += some
      at += some
      if (count < skip + PIECE) continue
      yield { samples: held.slice(0, count), skip, isLast: false }
      const next = new Float32Array(PIECE + BEFORE)
      next.set(held.subarray(count - BEFORE, count))
      held = next
      count = skip = BEFORE
    }
  if (count > skip) yield { samples: held.slice(0, count), skip, isLast: true }
}

/** The samples of the segments of a sound, one after the other: the sound without its silence. */
export async function* samplesIn(sound: Sound, segments: readonly SpeechSegment[]): AsyncGenerator<Float32Array, void> {
  let [read, next] = [0, 0]
  for await (const piece of sound.samples()) {
    const end = read + piece.length
    for (; next < segments.length && segments[next].start < end; next++) {
      const { start, end: last } = segments[next]
      yield piece.subarray(Math.max(0, start - read), Math.min(piece.length, last - read))
      if (last > end) break
    }
    read = end
    if (next === segments.length) return
  }
}

/** Each chunk's samples, as the sound is read once. */
export async function* chunkSamples(
  sound: Sound,
  chunks: readonly SpeechChunk[],
): AsyncGenerator<{ chunk: SpeechChunk; samples: Float32Array }> {
  let [at, filled] = [0, 0]
  let samples = new Float32Array(chunks[0]?.length ?? 0)
  for await (const piece of samplesIn(
    sound,
    chunks.flatMap(({ segments }) => segments),
  ))
    for (let from = 0; from < piece.length; ) {
      const some = Math.min(piece.length - from, samples.length - filled)
      samples.set(piece.subarray(from, from + some), filled)
      from += some
      filled += some
      if (filled < samples.length) continue
      yield { chunk: chunks[at], samples }
      at++
      filled = 0
      samples = new Float32Array(chunks[at]?.length ?? 0)
      if (at === chunks.length) return
    }
}

/** Samples in memory as a sound. */
export const soundOf = (name: string, samples: Float32Array): Sound => ({
  name,
  seconds: samples.length / RATE,
  isReplayable: true,
  async *samples() {
    yield samples
  },
})

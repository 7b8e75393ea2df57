import { lastOf } from '../../base/present.ts'
import { concurrentInOrder } from '../../base/values/concurrent-in-order.ts'
import type { Sound } from '../../sound/input/sound.ts'
import { type Side, type SpeechChunk, segmentAt, speechChunks, timeInSound } from '../../sound/speech/segments.ts'
import type { ResolvedTranscribe } from './options.ts'
import { type HeardPart, sequential } from './sequential.ts'
import { FRAMES_OF_SECOND, RATE, SoundWindows } from './sound-windows.ts'
import { chunkSamples, LONGEST_PIECE, samplesIn, soundOf, speechIn } from './speech-pieces.ts'
import type { WindowRequests } from './window-requests.ts'
import type { SpeechModel } from './window-settings.ts'

/** A sound to be heard, and how. */
export interface SoundCall {
  sound: Sound
  requests: WindowRequests
  model: SpeechModel
  options: ResolvedTranscribe
  /** The code of the language; null: it is detected. */
  language: string | null
  /** Pieces that are heard side by side. */
  batchSize: number
}

/** The transcript of a sound, part by part; returns the seconds of the whole sound. */
export type Parts = AsyncGenerator<HeardPart, number>

/** Hears a sound: all of it from front to back, its speech alone, or pieces of its speech side by side. */
export async function* soundParts(call: SoundCall): Parts {
  const { options } = call
  if (options.batched) return yield* batched({ ...call, sound: await replayable(call.sound) })
  if (options.vad) return yield* filtered({ ...call, sound: await replayable(call.sound) })
  const windows = new SoundWindows(call.sound)
  try {
    yield* sequential({ ...call, windows, hear: await call.requests.of(call.sound) })
    return (windows.frames ?? 0) / FRAMES_OF_SECOND
  } finally {
    await windows.close()
  }
}

/** Hears the speech of a sound as if there were no silence (faster-whisper's vad_filter). */
async function* filtered({ sound, ...call }: SoundCall): Parts {
  const { segments, seconds } = await speechOf({ sound, ...call })
  if (!segments.length) return seconds
  const whole = { segments, length: segments.reduce((sum, { start, end }) => sum + end - start, 0) }
  const speech: Sound = {
    ...sound,
    seconds: whole.length / RATE,
    samples: () => samplesIn(sound, segments),
  }
  const windows = new SoundWindows(speech)
  try {
    const hear = await call.requests.of(speech)
    for await (const part of sequential({ ...call, windows, hear })) yield inSound(part, whole)
    return seconds
  } finally {
    await windows.close()
  }
}

/** Speech that is heard by itself. */
interface Piece {
  chunk: SpeechChunk
  samples: Float32Array
}

/** Hears pieces of speech of up to 30 seconds side by side. */
async function* batched({ sound, ...call }: SoundCall): Parts {
  const { segments, seconds } = await speechOf({ sound, ...call })
  const chunks = speechChunks(segments, LONGEST_PIECE)
  let language = call.language
  const options = { ...call.options, conditionOnPreviousText: false }
  const hearPiece = async ({ chunk, samples }: Piece, begins: boolean) => {
    const piece = soundOf(sound.name, samples)
    const windows = new SoundWindows(piece)
    const own = begins ? options : { ...options, prefix: undefined, ...(!options.carryPrompt && { prompt: undefined }) }
    const parts: HeardPart[] = []
    const hear = await call.requests.of(piece)
    for await (const part of sequential({ ...call, options: own, language, windows, hear }))
      parts.push(inSound(part, chunk))
    return parts
  }
  const pieces = chunkSamples(sound, chunks)
  let id = 0
  const numbered = (part: HeardPart) => {
    for (const segment of part.segments) segment.id = id++
    return part
  }
  let isFirst = true
  if (language === null && !options.multilingual) {
    // The language of the first piece is that of all.
    const first = await pieces.next()
    if (first.done) return seconds
    for (const part of await hearPiece(first.value, true)) {
      language ??= part.language
      yield numbered(part)
    }
    isFirst = false
  }
  const next = (piece: Piece) => {
    const isNow = isFirst
    isFirst = false
    return hearPiece(piece, isNow)
  }
  for await (const parts of concurrentInOrder(pieces, next, call.batchSize))
    for (const part of parts) yield numbered(part)
  return seconds
}

async function speechOf({ sound, requests, options }: Pick<SoundCall, 'sound' | 'requests' | 'options'>) {
  const { segments, length } = await speechIn(sound, (samples, isLast) => requests.speech(samples, isLast), options)
  return { segments, seconds: length / RATE }
}

/** A part of speech with the times of the whole sound. Both ends of a word lie in the piece of speech that has its middle. */
export function inSound(part: HeardPart, chunk: SpeechChunk): HeardPart {
  const at = (seconds: number, side: Side) => Math.round(timeInSound(chunk, seconds, side) * 100) / 100
  for (const segment of part.segments) {
    segment.seek = Math.round(at(segment.seek / FRAMES_OF_SECOND, 'start') * FRAMES_OF_SECOND)
    segment.start = at(segment.start, 'start')
    segment.end = Math.max(segment.start, at(segment.end, 'end'))
    for (const word of segment.words ?? []) {
      const piece = segmentAt(chunk, (word.start + word.end) / 2)
      word.start = at(word.start, piece)
      word.end = Math.max(word.start, at(word.end, piece))
    }
    const { words } = segment
    if (words?.length) {
      segment.start = words[0].start
      segment.end = lastOf(words).end
    }
  }
  return { ...part, frames: Math.round(at(part.frames / FRAMES_OF_SECOND, 'end') * FRAMES_OF_SECOND) }
}

/** A stream that cannot be read again is kept in memory: where speech is must be known before it is heard. */
async function replayable(sound: Sound): Promise<Sound> {
  if (sound.isReplayable) return sound
  const pieces: Float32Array[] = []
  for await (const piece of sound.samples()) pieces.push(piece)
  return {
    ...sound,
    isReplayable: true,
    async *samples() {
      yield* pieces
    },
  }
}

import { RATE } from '../signal/mel-filters.ts'
import { SPEECH_FRAME } from './silero.ts'

/** A piece of sound in which somebody speaks, in samples at 16 kHz. */
export interface SpeechSegment {
  start: number
  end: number
}

/** How speech is cut out of probabilities. */
export interface SegmentOptions {
  /** A frame of at least this probability begins speech. Default: 0.5. */
  threshold?: number
  /** A frame below this probability ends speech. Default: 0.15 less than `threshold`, and at least 0.01. */
  endThreshold?: number
  /** Shorter speech is dropped, in seconds. Default: 0. */
  minSpeech?: number
  /** Longer speech is cut, in seconds, at its last silence of 98 ms if it has one. Default: it is not. */
  maxSpeech?: number
  /** A shorter silence does not end speech, in seconds. Default: 2. */
  minSilence?: number
  /** Seconds added before and after speech. Default: 0.4. */
  pad?: number
}

/** A silence of this length, in seconds, is where speech that is too long is cut. */
const CUTTING_SILENCE = 0.098

/**
 * Where somebody speaks, by the probabilities of frames of 512 samples of a sound of `length` samples: the rule of
 * Silero, as faster-whisper has it (vad.py).
 */
export function speechSegments(
  probabilities: ArrayLike<number>,
  length: number,
  options: SegmentOptions = {},
): SpeechSegment[] {
  const { pad = 0.4 } = options
  return padded(found(probabilities, length, options), length, RATE * pad)
}

function found(probabilities: ArrayLike<number>, length: number, options: SegmentOptions): SpeechSegment[] {
  const { threshold = 0.5, minSpeech = 0, maxSpeech = Number.POSITIVE_INFINITY, minSilence = 2, pad = 0.4 } = options
  const endThreshold = options.endThreshold ?? Math.max(threshold - 0.15, 0.01)
  const longest = RATE * maxSpeech - SPEECH_FRAME - 2 * RATE * pad
  const segments: SpeechSegment[] = []
  let start = -1 // of the speech under way
  let silence = 0 // where the silence under way began; 0: there is none
  let cut = 0 // where the last silence of 98 ms began
  let resumed = 0 // where speech went on after it
  const close = (end: number, next = -1) => {
    segments.push({ start, end })
    start = next
    cut = resumed = silence = 0
  }
  for (let i = 0; i < probabilities.length; i++) {
    const at = SPEECH_FRAME * i
    const isSpeech = probabilities[i] >= threshold
    if (isSpeech && silence) {
      silence = 0
      if (resumed < cut) resumed = at
    }
    if (isSpeech && start < 0) {
      start = at
      continue
    }
    if (start >= 0 && at - start > longest) {
      if (!cut) {
        close(at)
        continue
      }
      close(cut, resumed < cut ? -1 : resumed)
    }
    if (probabilities[i] >= endThreshold || start < 0) continue
    silence ||= at
    if (at - silence > RATE * CUTTING_SILENCE) cut = silence
    if (at - silence < RATE * minSilence) continue
    if (silence - start > RATE * minSpeech) close(silence)
    else start = -1
    cut = resumed = silence = 0
  }
  if (start >= 0 && length - start > RATE * minSpeech) segments.push({ start, end: length })
  return segments
}

/** Segments with `pad` samples on each side; two that are closer share the silence between them. */
function padded(segments: SpeechSegment[], length: number, pad: number): SpeechSegment[] {
  segments.forEach((segment, i) => {
    const next = segments[i + 1]
    if (i === 0) segment.start = Math.trunc(Math.max(0, segment.start - pad))
    if (next && next.start - segment.end < 2 * pad) {
      const half = Math.floor((next.start - segment.end) / 2)
      segment.end += half
      next.start = Math.max(0, next.start - half)
      return
    }
    segment.end = Math.trunc(Math.min(length, segment.end + pad))
    if (next) next.start = Math.trunc(Math.max(0, next.start - pad))
  })
  return segments
}

/** Segments that are heard together, and how many samples they have. */
export interface SpeechChunk {
  segments: SpeechSegment[]
  length: number
}

/** Joins segments, in their order, to chunks of at most `most` seconds; a longer segment is a chunk of its own. */
export function speechChunks(segments: readonly SpeechSegment[], most = 30): SpeechChunk[] {
  const chunks: SpeechChunk[] = []
  for (const segment of segments) {
    const length = segment.end - segment.start
    const last = chunks.at(-1)
    if (!last || last.length + length > most * RATE) chunks.push({ segments: [segment], length })
    else {
      last.segments.push(segment)
      last.length += length
    }
  }
  return chunks
}

/** A moment of a chunk: a start or an end in seconds, or a number of the segment to which it belongs. */
export type Side = 'start' | 'end' | number

/**
 * The time in the whole sound of a time in a chunk, both in seconds. `side` says whether it is that of a start or of an
 * end: at a border between two segments, a start belongs to the later and an end to the earlier one, so that what ends
 * in a silence that was cut out ends with the speech before it. A number is that of the segment in which the time lies.
 */
export function timeInSound({ segments }: SpeechChunk, seconds: number, side: Side): number {
  let left = seconds * RATE
  for (const [i, { start, end }] of segments.entries()) {
    const length = end - start
    const isWithin = typeof side === 'number' ? i === side : side === 'start' ? left < length : left <= length
    if (isWithin || i === segments.length - 1) return (start + Math.min(Math.max(0, left), length)) / RATE
    left -= length
  }
  return seconds
}

/** The number of the segment of a chunk in which a time lies, in seconds from the chunk's begin. */
export function segmentAt({ segments }: SpeechChunk, seconds: number): number {
  let left = seconds * RATE
  const found = segments.findIndex(({ start, end }) => {
    left -= end - start
    return left < 0
  })
  return found < 0 ? segments.length - 1 : found
}

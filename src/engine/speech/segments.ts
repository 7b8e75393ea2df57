import { lastOf } from '../../base/present.ts'
import { type SpeechIds, TIMESTAMP } from '../model/speech-ids.ts'
import type { HeardSegment } from './settings.ts'

/** Frames from one time to the next. */
const FRAMES_OF_TIME = 2

/** The parts of a transcript, and where the next window begins. */
export interface Segmented {
  segments: HeardSegment[]
  advance: number
  endsInTime: boolean
}

/**
 * Cuts a transcript where one time follows another (openai/whisper, transcribe.py). Text after the last such pair is thrown away and heard
 * again in the next window, which begins there; where the transcript ends in a single time, or has no pair, the next window follows this one.
 * `frames` is how many of the window are sound.
 */
export function segmentsOf(tokens: readonly number[], frames: number, { firstTime }: SpeechIds): Segmented {
  const isTime = (id: number | undefined) => id !== undefined && id >= firstTime
  const secondsOf = (id: number) => (id - firstTime) * TIMESTAMP
  const endsInTime = tokens.length > 0 && isTime(tokens.at(-1)) && !isTime(tokens.at(-2)) && tokens.length > 1
  const cuts: number[] = []
  for (let i = 1; i < tokens.length; i++) if (isTime(tokens[i]) && isTime(tokens[i - 1])) cuts.push(i)
  if (!cuts.length) {
    const last = tokens.findLast(isTime)
    const whole = frames * (TIMESTAMP / FRAMES_OF_TIME)
    const end = last !== undefined && last !== firstTime ? secondsOf(last) : whole
    return { segments: [{ start: 0, end, tokens: [...tokens] }], advance: frames, endsInTime }
  }
  if (endsInTime) cuts.push(tokens.length)
  const segments = cuts.map((cut, i) => {
    const own = tokens.slice(cuts[i - 1] ?? 0, cut)
    // After a prefix, whose time is its own, the first part begins with a word.
    return { start: isTime(own[0]) ? secondsOf(own[0]) : 0, end: secondsOf(lastOf(own)), tokens: own }
  })
  const advance = endsInTime ? frames : (tokens[lastOf(cuts) - 1] - firstTime) * FRAMES_OF_TIME
  return { segments, advance, endsInTime }
}

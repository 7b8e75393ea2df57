export type { Transcript, TranscriptSegment, TranscriptWord } from '../../sound/transcript/transcript.ts'

/** The languages of a sound. */
export interface DetectedLanguage {
  /** The code of the likeliest: fr. */
  language: string
  probability: number
  /** The probability of each language by its code. */
  probabilities: Record<string, number>
  /** The probability that there is no speech at all. */
  noSpeechProbability: number
}

/** How far a transcript has come. */
export interface TranscribeProgress {
  /** Seconds of sound that are done. */
  done: number
  /** Seconds of sound in all, where they are known. */
  total: number | undefined
  /** Seconds of sound in a second. */
  speed: number
}

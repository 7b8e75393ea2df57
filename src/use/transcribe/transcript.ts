import type { Task } from '../../engine/hear/index.ts'

/** A word and when it is spoken. */
export interface TranscriptWord {
  /** The word as it stands in the text, with the space before it and punctuation beside it. */
  word: string
  /** Seconds from the begin of the sound. */
  start: number
  end: number
  /** The mean probability of its tokens. */
  probability: number
}

/** A part of a transcript: a sentence, mostly. */
export interface TranscriptSegment {
  id: number
  /** Where its window began, in frames of 10 ms. */
  seek: number
  /** Seconds from the begin of the sound. */
  start: number
  end: number
  text: string
  /** The tokens of text and times. */
  tokens: number[]
  /** The mean log-probability of the tokens of its window. */
  avgLogprob: number
  /** The bytes of the text of its window by these bytes compressed. */
  compressionRatio: number
  /** The probability that its window has no speech. */
  noSpeechProb: number
  /** The temperature at which it was found. */
  temperature: number
  /** With `timestamps: 'words'`. */
  words?: TranscriptWord[]
  /** With `translateTo`: the text in that language. */
  translation?: string
}

/** The transcript of a sound. */
export interface Transcript {
  text: string
  task: Task
  /** The code of the language: fr. */
  language: string
  /** Null where the language was given. */
  languageProbability: number | null
  /** Seconds of sound. */
  duration: number
  segments: TranscriptSegment[]
  /** With `translateTo`: the whole text in that language. */
  translation?: string
}

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

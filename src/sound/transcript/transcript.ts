/** A word and when it is heard, in seconds. */
export interface TranscriptWord {
  /** The word with the space before it and the punctuation that belongs to it. */
  word: string
  start: number
  end: number
  /** The mean probability of its tokens. */
  probability: number
}

/** A piece of a transcript, as a rule a sentence or a part of one. */
export interface TranscriptSegment {
  /** Its number, from 0. */
  id: number
  /** Seconds from the beginning of the sound. */
  start: number
  end: number
  /** With the space before it, if there is one. */
  text: string
  /** Ids of its tokens, timestamps among them. */
  tokens: number[]
  /** The mean log-probability of the tokens of its window. */
  avgLogprob: number
  /** The probability, by the model, that nobody speaks in its window. */
  noSpeechProb: number
  /** Bytes of its window's text, divided by those when compressed: above 2.4, it repeats itself. */
  compressionRatio: number
  /** The temperature at which it was decoded; above 0, easier ones had failed. */
  temperature: number
  /** Only where word times were asked for. */
  words?: TranscriptWord[]
}

/** What was said, and when. */
export interface Transcript {
  text: string
  /** The code of the language, 'en' for instance. */
  language: string
  /** Its probability, where it was detected. */
  languageProbability?: number
  /** Length of the sound in seconds. */
  duration: number
  segments: TranscriptSegment[]
}

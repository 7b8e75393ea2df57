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
  /** Where its window began, in frames of 10 ms. */
  seek: number
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
  /** The text in the language of `translateTo`, where that was asked for. */
  translation?: string
}

/** A text with its times. */
export interface Transcript {
  text: string
  /** 'translate' where the model itself has translated into English. */
  task: 'transcribe' | 'translate'
  /** The code of the language that is spoken: fr. */
  language: string
  /** Its probability; null where the language was given. */
  languageProbability: number | null
  /** Seconds of sound. */
  duration: number
  segments: TranscriptSegment[]
  /** The whole text in the language of `translateTo`, where that was asked for. */
  translation?: string
}

/**
 * A transcript whose texts are its translations, with the times of its segments: what becomes subtitles in another
 * language. Its words, which are those of the spoken language, are left out.
 */
export const translated = (transcript: Transcript): Transcript => ({
  ...transcript,
  text: transcript.translation ?? transcript.text,
  segments: transcript.segments.map(({ words: _, translation, ...segment }) => ({
    ...segment,
    text: translation ?? segment.text,
  })),
})

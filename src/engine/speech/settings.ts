import type { Times } from '../decode/processors/index.ts'
import type { TranscriptRanking } from '../decode/search/index.ts'
import type { GenerationOptions } from '../decode/settings/options.ts'
import type { WarpingPath } from './time-warping.ts'

/** The text made of a sound: its words, or their translation into English. */
export type Task = 'transcribe' | 'translate'

/** How one window of sound is heard, in ids: plain data, which can be sent between threads. */
export interface WindowSettings {
  /** The code of the language; null: it is detected. A model of English alone has no use for it. */
  language: string | null
  /** Whether the window is only asked for its language. */
  onlyLanguage?: boolean
  task: Task
  times: Times['are']
  /** The steps of time by which the first segment must have begun; null: any. */
  latestFirst: number | null
  /** Tokens in front of the transcript that are not its own: those before, or words to expect. */
  previous: readonly number[]
  /** Tokens with which the transcript begins. */
  prefix: readonly number[]
  /** The search at temperature 0. Null has it as transformers' generate() does, by the options alone. */
  ranking: TranscriptRanking | null
  /** Suppressed ids, beams, penalties and the greatest length; `sample`, `temperature` and `alternatives` follow from the fields below. */
  options: GenerationOptions
  /** Temperatures of one attempt after the other. */
  temperatures: readonly number[]
  /** The transcripts that are drawn at a temperature above 0. */
  bestOf: number
  thresholds: Thresholds
  /** Whether words get their times. */
  words: boolean
  /** Whether tokens of the prefix get times as well, in front of those of the transcript. */
  prefixTimes?: boolean
  /** Whether the attention from which these times come is kept. */
  seen?: boolean
}

/** When a transcript is not good enough, and the next temperature is tried; null turns a condition off. */
export interface Thresholds {
  /** The greatest ratio of a text's bytes to their bytes compressed. */
  compressionRatio: number | null
  /** The lowest mean log-probability of a token. */
  logProbability: number | null
  /** From this probability of no speech on, a window with a low log-probability is silent. */
  noSpeech: number | null
}

/** The transcript of one window. */
export interface HeardWindow {
  language: string
  /** Null where the language was given. */
  languageProbability: number | null
  /** The probability of each language, where it was detected. */
  languages: Record<string, number> | null
  noSpeechProbability: number
  /** The transcript's tokens without the end: text, and times. */
  tokens: number[]
  /** The log-probability of each, and of the end. */
  scores: number[]
  /** Their mean. */
  logProbability: number
  compressionRatio: number
  temperature: number
  /** Whether the window counts as silent. */
  isSilent: boolean
  segments: HeardSegment[]
  /** How far the next window begins after this one, in frames. */
  advance: number
  /** Whether the transcript ends in a single time, so that nothing follows it in the window. */
  endsInTime: boolean
  /** Times of the text tokens of all segments, where words were asked for. */
  alignment: Alignment | null
}

/** A part of a transcript between two times, in seconds from the begin of its window. */
export interface HeardSegment {
  start: number
  end: number
  tokens: number[]
}

/** Where text tokens lie in their window. */
export interface Alignment {
  /** Seconds at which each token begins, and at which the last ends. */
  times: number[]
  /** The probability of each token among all of text. */
  probabilities: number[]
  /** Where the times come from, with `seen`. */
  seen?: Seen
}

/** The decoder's attention to the sound, and the path through it from which times follow. */
export interface Seen {
  /** [rows, states]: a row for each text token and one for the end, as it was predicted; a column for each 0.02 s. */
  attention: Float32Array
  rows: number
  states: number
  path: WarpingPath
}

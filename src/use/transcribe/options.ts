import { type Given, settings, type Values } from '../../base/schema/settings.ts'
import {
  either,
  finiteNumber,
  flag,
  id,
  integer,
  listOf,
  notNegativeNumber,
  numberFrom,
  oneOf,
  positiveNumber,
  type Type,
  text,
} from '../../base/schema/types.ts'
import { isUrl } from '../../base/values/value-class.ts'
import type { SoundInput } from '../../sound/input/sound.ts'
import { type SchedulingOptions, schedulingSettings } from '../../workers/requests/scheduling.ts'
import type { Translator } from '../translate/translator.ts'
import type { TranscribeProgress } from './transcript.ts'

/** The needed part of a translator; any object of Glassformer's that translates texts has it. */
export type SpeechTranslator = Pick<Translator, 'translate' | 'tokenizer' | 'model'>

/** The path of a folder, or its `file:` URL. */
export type Path = string | URL

export const isPath = (value: unknown): value is Path => typeof value === 'string' || isUrl(value)

export type { SoundInput }

const temperature = numberFrom(0, 10)

const temperatures: Type<number | readonly number[]> = {
  ...either(temperature, listOf(temperature, 'a list of one or more numbers from 0 to 10', 1)),
  expected: 'a number from 0 to 10, or a list of such numbers',
  parse: (given) => {
    const numbers = given.split(',').map((part) => (part.trim() ? Number(part) : Number.NaN))
    return numbers.every((number) => temperature.accepts(number)) ? numbers : undefined
  },
}

const optionalNumber = (type: Type<number>): Type<number | 'off'> => ({
  ...either(oneOf('off'), type),
  expected: `${type.expected}, or 'off'`,
  parse: (given) => (given === 'off' ? 'off' : type.parse?.(given)),
})

const progressFunction: Type<(progress: TranscribeProgress) => void> = {
  expected: 'a function',
  accepts: (value): value is (progress: TranscribeProgress) => void => typeof value === 'function',
}

const translatorType: Type<Path | SpeechTranslator> = {
  expected: 'a Translator, or the path of a model folder',
  accepts: (value): value is Path | SpeechTranslator =>
    isPath(value) ||
    (typeof value === 'object' &&
      value !== null &&
      typeof (value as SpeechTranslator).translate === 'function' &&
      typeof (value as SpeechTranslator).tokenizer === 'object'),
}

/** The schema of the settings of a transcription. Names and defaults are openai/whisper's where it has them, but for conditioning. */
export const transcribeSettings = settings({
  language: {
    type: text,
    optional: true,
    otherwise: 'detected in the first 30 seconds',
    flag: '-l, --language <language>',
    says: 'the language that is spoken, by its code or its English name: fr, French',
  },
  task: {
    type: oneOf('transcribe', 'translate'),
    default: 'transcribe',
    flag: '--task <task>',
    says: 'transcribe writes what is said; translate writes it in English (translateTo: in any language)',
  },
  timestamps: {
    type: { ...either(oneOf('segments', 'words'), flag), expected: "'segments', 'words' or false" } as Type<
      'segments' | 'words' | boolean
    >,
    default: 'segments',
    says: 'times of segments, of words as well, or none at all: false makes one segment of each window of 30 seconds; true is segments',
  },
  beams: {
    type: integer(1, 64),
    default: 1,
    flag: '-b, --beams <n>',
    says: 'hypotheses kept at temperature 0; 1 is greedy search',
  },
  patience: {
    type: positiveNumber,
    default: 1,
    flag: '--patience <n>',
    says: 'a search with beams waits for beams × patience finished hypotheses',
  },
  lengthPenalty: {
    type: finiteNumber,
    optional: true,
    otherwise: 'the mean log-probability decides',
    flag: '--length-penalty <alpha>',
    says: 'α of ((5 + n) / 6)^α, by which the sums of log-probabilities are divided',
  },
  temperature: {
    type: temperatures,
    default: [0, 0.2, 0.4, 0.6, 0.8, 1],
    flag: '--temperature <t>',
    says: 'temperatures that are tried one after the other until a transcript passes the thresholds; 0 searches, above that tokens are drawn at random',
  },
  bestOf: {
    type: integer(1, 64),
    default: 5,
    flag: '--best-of <n>',
    says: 'transcripts that are drawn at a temperature above 0, of which the likeliest is taken',
  },
  seed: {
    type: integer(0),
    default: null,
    otherwise: 'null: other draws each time',
    flag: '--seed <n>',
    says: 'seed of what is drawn above temperature 0',
  },
  compressionRatioThreshold: {
    type: optionalNumber(positiveNumber),
    default: 2.4,
    flag: '--compression-ratio-threshold <n>',
    says: 'a text that gzip makes smaller by more than this repeats itself: the next temperature is tried',
  },
  logprobThreshold: {
    type: optionalNumber(finiteNumber),
    default: -1,
    flag: '--logprob-threshold <n>',
    says: 'with a mean log-probability below it the next temperature is tried',
  },
  noSpeechThreshold: {
    type: optionalNumber(numberFrom(0, 1)),
    default: 0.6,
    flag: '--no-speech-threshold <p>',
    says: 'a window is silent if the probability of no speech is above it and the mean log-probability not above logprobThreshold',
  },
  prompt: {
    type: text,
    optional: true,
    otherwise: 'none',
    flag: '--initial-prompt <text>',
    says: 'text before the sound: its spelling of names and its style are taken up; for the first window, unless carryPrompt is set',
  },
  carryPrompt: {
    type: flag,
    default: false,
    flag: '--carry-initial-prompt',
    says: 'the prompt stands before every window',
  },
  hotwords: {
    type: text,
    optional: true,
    otherwise: 'none',
    flag: '--hotwords <words>',
    says: 'names and words that may occur; they stand before every window',
  },
  prefix: {
    type: text,
    optional: true,
    otherwise: 'none',
    flag: '--prefix <text>',
    says: 'text with which the first window begins; it is not repeated in the transcript',
  },
  conditionOnPreviousText: {
    type: flag,
    default: false,
    flag: '--condition-on-previous-text',
    says: 'each window reads the text before it: names stay the same, and a repetition goes on more easily (on by default in openai/whisper)',
  },
  suppressTokens: {
    type: listOf(id, 'a list of ids'),
    optional: true,
    otherwise: "the model's list of what is not speech",
    says: 'ids that no transcript may contain',
  },
  repetitionPenalty: {
    type: numberFrom(0.001, 1000),
    default: 1,
    flag: '--repetition-penalty <n>',
    says: 'scores of tokens that the window already has are divided by it if positive, multiplied if negative; 1: off',
  },
  noRepeatNgram: {
    type: integer(0),
    default: 0,
    flag: '--no-repeat-ngram-size <n>',
    says: 'no n-gram of this size may occur twice in a window; 0: off',
  },
  maxTokens: {
    type: integer(1),
    default: null,
    otherwise: 'null: half of the longest that the model has positions for, 224',
    says: 'the tokens of one window',
  },
  maxInitialTimestamp: {
    type: optionalNumber(notNegativeNumber),
    default: 1,
    says: 'seconds of a window after which its first segment may begin at the latest',
  },
  multilingual: {
    type: flag,
    default: false,
    flag: '--multilingual',
    says: 'the language is detected in every window, for sound in which it changes',
  },
  vad: {
    type: flag,
    default: false,
    flag: '--vad-filter',
    says: 'only what is speech is heard, by Silero VAD (by loudness where its weights are not there); times are those of the whole sound',
  },
  vadThreshold: {
    type: numberFrom(0, 1),
    default: 0.5,
    flag: '--vad-threshold <p>',
    says: 'probability from which on a frame of 32 ms is speech',
  },
  vadMinSilence: {
    type: notNegativeNumber,
    optional: true,
    otherwise: '2; with batched 0.16',
    flag: '--vad-min-silence <s>',
    says: 'seconds of silence that end speech',
  },
  vadMinSpeech: {
    type: notNegativeNumber,
    default: 0,
    flag: '--vad-min-speech <s>',
    says: 'speech of fewer seconds is not heard',
  },
  vadPad: {
    type: notNegativeNumber,
    default: 0.4,
    flag: '--vad-pad <s>',
    says: 'seconds around speech that are heard as well',
  },
  batched: {
    type: flag,
    default: false,
    flag: '--batched',
    says: 'pieces of speech of up to 30 seconds are heard side by side: many times as fast for long sound, and no text is known before a piece (conditionOnPreviousText has no effect)',
  },
  batchSize: {
    type: integer(1, 256),
    optional: true,
    otherwise: 'as many as half a gigabyte has room for, at most 8 for each worker',
    flag: '--batch-size <n>',
    says: 'pieces that are heard side by side',
  },
  hallucinationSilenceThreshold: {
    type: positiveNumber,
    optional: true,
    otherwise: 'off',
    flag: '--hallucination-silence-threshold <s>',
    says: 'with words: silence of more than these seconds around what looks invented is skipped',
  },
  prependPunctuations: {
    type: text,
    default: '"\'“¿([{-',
    flag: '--prepend-punctuations <signs>',
    says: 'signs that belong to the word after them',
  },
  appendPunctuations: {
    type: text,
    default: '"\'.。,，!！?？:：”)]}、',
    flag: '--append-punctuations <signs>',
    says: 'signs that belong to the word before them',
  },
  translateTo: {
    type: text,
    optional: true,
    otherwise: 'no translation',
    flag: '--translate-to <language>',
    says: 'the language into which each segment is translated, by the option translator; its times stay',
  },
  translator: {
    type: translatorType,
    optional: true,
    says: 'the Translator of translateTo, or the folder of a model that translates, which stays loaded until the transcriber is closed',
  },
  progress: {
    type: progressFunction,
    optional: true,
    says: 'called after each window with the seconds of sound that are done',
  },
})

/** The schema of the settings that live text has in addition. */
export const liveSettings = settings({
  policy: {
    type: oneOf('local-agreement', 'align-att'),
    default: 'local-agreement',
    flag: '--policy <name>',
    says: 'when a word is certain: local-agreement, two passes in turn hear it; align-att, the attention for it does not fall on the end of what has been heard',
  },
  step: {
    type: positiveNumber,
    default: (({ policy }: { policy: string }) => (policy === 'align-att' ? 0.5 : 1)) as (before: never) => number,
    otherwise: '1; with align-att 0.5',
    flag: '--step <s>',
    says: 'seconds of new sound after which the model listens again',
  },
  frames: {
    type: integer(1, 1500),
    default: 25,
    flag: '--frames <n>',
    says: 'with align-att: the last states of the encoder, of 0.02 s each, that no certain word may attend to; more are slower and safer',
  },
})

/** The settings of live text. */
export interface LiveOptions extends TranscribeOptions, Given<typeof liveSettings> {}

/** The settings of a transcription, and of its scheduling. */
export interface TranscribeOptions extends Given<typeof transcribeSettings>, SchedulingOptions {}

/** Checked and complete. */
export type ResolvedTranscribe = Values<typeof transcribeSettings>

export { schedulingSettings }

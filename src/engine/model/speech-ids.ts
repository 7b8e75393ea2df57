import { speechLanguages } from '../../base/choices/speech-languages.ts'
import { present } from '../../base/present.ts'
import type { ModelConfig } from './config/config.ts'

/** Seconds between two ids of times. */
export const TIMESTAMP = 0.02

/** The ids with a meaning in a transcript, which follow the end of text in one order in all models (openai/whisper, tokenizer.py). */
export interface SpeechIds {
  /** Ends a transcript. */
  end: number
  /** Ids below are text. */
  endOfText: number
  /** Whether transcripts have times; without them, ids of what only such models have are beyond the vocabulary. */
  hasTimes: boolean
  /** Begins one. */
  start: number
  /** The id of each language by its code; empty where the model knows English alone. */
  languages: ReadonlyMap<string, number>
  translate: number
  transcribe: number
  startOfModel: number
  /** Begins earlier text, which stands before the start. */
  startOfPrevious: number
  noSpeech: number
  noTimestamps: number
  /** The id of 0 seconds; ids from here on are times. */
  firstTime: number
  /** One after the id of the latest time. */
  endOfTimes: number
}

/** The ids of a model that hears. */
export function speechIds({
  ids,
  sound,
  targetVocabulary,
}: Pick<ModelConfig, 'ids' | 'sound' | 'targetVocabulary'>): SpeechIds {
  const { noTimestamps = targetVocabulary, multilingual, positions, front } = present(sound)
  const hasTimes = front === undefined
  const start = ids.start ?? ids.end + 1
  const translate = noTimestamps - 5
  const codes = Object.keys(speechLanguages).slice(0, Math.max(0, translate - start - 1))
  return {
    end: ids.end,
    endOfText: hasTimes ? ids.end : targetVocabulary,
    hasTimes,
    start,
    languages: new Map(multilingual ? codes.map((code, i) => [code, start + 1 + i]) : []),
    translate,
    transcribe: noTimestamps - 4,
    startOfModel: noTimestamps - 3,
    startOfPrevious: noTimestamps - 2,
    noSpeech: noTimestamps - 1,
    noTimestamps,
    firstTime: noTimestamps + 1,
    endOfTimes: Math.min(targetVocabulary, noTimestamps + 2 + positions),
  }
}

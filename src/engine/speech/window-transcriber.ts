import { entryOf, lastOf, present } from '../../base/present.ts'
import { type Found, logSumExp } from '../decode/search/index.ts'
import { statesOf, statesOfFrames } from '../decode/step/index.ts'
import type { EncodedMemory, Sentence } from '../decode/turns/index.ts'
import type { ModelConfig } from '../model/config/config.ts'
import { type SpeechIds, speechIds } from '../model/speech-ids.ts'
import { align, headsOf, layersOf } from './align.ts'
import { withoutRepetition } from './repetition.ts'
import { segmentsOf } from './segments.ts'
import type { HeardWindow, Thresholds, WindowSettings } from './settings.ts'

/** Measures of a transcript's text, for which ids alone do not suffice. */
export interface TextMeasures {
  /** The bytes of the text of these tokens by their bytes compressed; 0 for none. */
  compressionRatio(ids: readonly number[]): number
}

/** One window of sound to be heard. */
export interface Window {
  /** The whole window of the model, [frames, mels], and how many of its frames are sound. */
  features: Float32Array
  frames: number
  settings: WindowSettings
  done(heard: HeardWindow): void
}

/** The fields of a sentence that do not differ between attempts. */
export type Shared = Pick<Sentence, 'request' | 'turn' | 'acceptedAt' | 'fail'>

type Language = Pick<HeardWindow, 'language' | 'languageProbability' | 'languages'>

/**
 * Transcribes windows of sound: a window is encoded once; its language is detected where it is not given, transcripts are searched for at
 * one temperature after the other until one is good enough, and words get their times, all with the same encoded sound (openai/whisper,
 * transcribe.py and decoding.py).
 */
export class WindowTranscriber {
  readonly #config: ModelConfig
  readonly #ids: SpeechIds
  readonly #measures: TextMeasures

  constructor(config: ModelConfig, measures: TextMeasures) {
    this.#config = config
    this.#ids = speechIds(config)
    this.#measures = measures
  }

  /** The first sentence for the generator, which goes on by itself. */
  sentence(window: Window, shared: Shared): Sentence {
    const { language } = window.settings
    const sound = present(this.#config.sound)
    const source = statesOf(statesOfFrames(sound, window.features.length / sound.mels))
    const all = { ...shared, source, sound: window.features }
    const told = this.#ids.languages.size ? language : (language ?? 'en')
    if (told === null) return this.#detecting(window, all)
    const known = { language: told, languageProbability: null, languages: null }
    return new Attempts(window, known, all, this.#parts).next()
  }

  get #parts(): Parts {
    return { config: this.#config, ids: this.#ids, measures: this.#measures }
  }

  /** One step after the start alone, whose scores of languages tell which is spoken. */
  #detecting(window: Window, all: SoundSentence): Sentence {
    let found: Language | undefined
    let noSpeechProbability = 0
    return {
      ...all,
      options: { ...window.settings.options, beams: 1, alternatives: 1, sample: false, maxTokens: 1 },
      begin: [this.#ids.start],
      probe: {
        position: 0,
        read: (logits) => {
          found = languageOf(logits, this.#ids)
          noSpeechProbability = Math.exp(logits[this.#ids.noSpeech] - logSumExp(logits))
        },
      },
      done: nothing,
      next: () => {
        if (!window.settings.onlyLanguage) return new Attempts(window, present(found), all, this.#parts).next()
        window.done({ ...NOTHING, ...present(found), noSpeechProbability, advance: window.frames })
        return null
      },
    }
  }
}

/** The most tokens for a second of sound, where no number is given (Jeffries et al. 2024): beyond, a transcript repeats itself. */
const TOKENS = 6.5

/** Sentences of a window go on by themselves. */
const nothing = () => {}

const NOTHING = {
  tokens: [],
  scores: [],
  logProbability: 0,
  compressionRatio: 0,
  temperature: 0,
  isSilent: false,
  segments: [],
  endsInTime: false,
  alignment: null,
}

type SoundSentence = Shared & Pick<Sentence, 'source' | 'sound'>

interface Parts {
  config: ModelConfig
  ids: SpeechIds
  measures: TextMeasures
}

/** The probability of each language, among these alone. */
function languageOf(logits: Float32Array, { languages }: SpeechIds): Language {
  const scores = Float64Array.from(languages.values(), (id) => logits[id])
  const norm = logSumExp(scores)
  const probabilities = Object.fromEntries([...languages.keys()].map((code, i) => [code, Math.exp(scores[i] - norm)]))
  const [language, languageProbability] = Object.entries(probabilities).reduce((best, each) =>
    each[1] > best[1] ? each : best,
  )
  return { language, languageProbability, languages: probabilities }
}

/** One transcript, and what tells how good it is. */
type Attempt = Pick<HeardWindow, 'tokens' | 'scores' | 'logProbability' | 'compressionRatio' | 'temperature'>

/** Attempts at the transcript of one window, at rising temperatures. */
class Attempts {
  readonly #window: Window
  readonly #language: Language
  readonly #all: SoundSentence
  readonly #parts: Parts
  readonly #made: Attempt[] = []
  #noSpeechProbability = 0

  constructor(window: Window, language: Language, all: SoundSentence, parts: Parts) {
    this.#window = window
    this.#language = language
    this.#all = all
    this.#parts = parts
  }

  next(): Sentence {
    const { settings } = this.#window
    const { ids } = this.#parts
    const temperature = settings.temperatures[this.#made.length]
    const { begin, start } = this.#begin()
    const sample = temperature > 0
    return {
      ...this.#all,
      options: {
        ...settings.options,
        maxTokens: settings.options.maxTokens ?? Math.max(1, Math.floor((this.#window.frames * TOKENS) / 100)),
        beams: sample ? 1 : settings.options.beams,
        sample,
        temperature: sample ? temperature : 1,
        alternatives: sample ? settings.bestOf : 1,
      },
      begin,
      times: ids.hasTimes
        ? {
            first: ids.firstTime,
            end: ids.endOfTimes,
            endOfText: ids.end,
            are: settings.times,
            latestFirst: settings.latestFirst,
          }
        : null,
      transcript: settings.ranking ?? (sample ? { patience: 1, lengthPenalty: null } : null),
      probe:
        this.#made.length || !ids.hasTimes
          ? null
          : {
              position: start,
              read: (logits) => {
                this.#noSpeechProbability = Math.exp(logits[ids.noSpeech] - logSumExp(logits))
              },
            },
      done: nothing,
      next: (found, encoded) => this.#goOn(found, encoded, temperature),
    }
  }

  /** The decoder's first tokens, and at which of them the transcript starts. */
  #begin(): { begin: number[]; start: number } {
    const { ids } = this.#parts
    const { settings } = this.#window
    const before = settings.previous.length ? [ids.startOfPrevious, ...settings.previous] : []
    if (!ids.hasTimes) return { begin: [ids.start], start: 0 }
    const prefix = settings.prefix.length && settings.times === 'rule' ? [ids.firstTime] : []
    return {
      start: before.length,
      begin: [
        ...before,
        ...this.#told(),
        ...(settings.times === 'rule' ? [] : [ids.noTimestamps]),
        ...prefix,
        ...settings.prefix,
      ],
    }
  }

  /** The start, and what is told with it: language and task. */
  #told(): number[] {
    const { ids } = this.#parts
    const { language } = this.#language
    if (!ids.languages.size) return [ids.start]
    return [ids.start, entryOf(ids.languages, language), ids[this.#window.settings.task]]
  }

  #goOn([best]: Found[], encoded: EncodedMemory, temperature: number): Sentence | null {
    const { settings } = this.#window
    const { ids, measures } = this.#parts
    const tokens = best.ids.at(-1) === ids.end ? best.ids.slice(0, -1) : [...best.ids]
    const sum = best.scores.reduce((total, score) => total + score, 0)
    const attempt = {
      tokens,
      scores: best.scores,
      logProbability: sum / (tokens.length + 1),
      compressionRatio: measures.compressionRatio(tokens.filter((id) => id < ids.endOfText)),
      temperature,
    }
    this.#made.push(attempt)
    const isGood = isGoodEnough(attempt, this.#noSpeechProbability, settings.thresholds)
    if (!isGood && this.#made.length < settings.temperatures.length) return this.next()
    this.#report(isGood ? attempt : this.#best(), encoded)
    return null
  }

  /**
   * Where no attempt is good enough: the likeliest of those that do not repeat themselves, with the last temperature (faster-whisper). Where
   * all do, what is repeated stands once.
   */
  #best(): Attempt {
    const { compressionRatio } = this.#window.settings.thresholds
    const calm = this.#made.filter((made) => compressionRatio === null || made.compressionRatio <= compressionRatio)
    const best = (calm.length ? calm : this.#made).reduce((a, b) => (b.logProbability > a.logProbability ? b : a))
    const { ids } = this.#parts
    const tokens = calm.length ? best.tokens : withoutRepetition(best.tokens, (id) => id < ids.endOfText)
    return { ...best, tokens, temperature: lastOf(this.#made).temperature }
  }

  #report(attempt: Attempt, encoded: EncodedMemory): void {
    const { settings, frames, done } = this.#window
    const noSpeechProbability = this.#noSpeechProbability
    const isSilent = isSilence(attempt, noSpeechProbability, settings.thresholds)
    const segmented = isSilent
      ? { segments: [], advance: frames, endsInTime: false }
      : segmentsOf(attempt.tokens, frames, this.#parts.ids)
    const text = segmented.segments.flatMap(({ tokens }) => tokens).filter((id) => id < this.#parts.ids.endOfText)
    const alignment = settings.words && text.length ? this.#align(text, encoded) : null
    done({ ...this.#language, ...attempt, ...segmented, noSpeechProbability, isSilent, alignment })
  }

  #align(text: readonly number[], encoded: EncodedMemory) {
    const { config, ids } = this.#parts
    const told = this.#told()
    const { prefix, prefixTimes, seen: keeps } = this.#window.settings
    const before = prefixTimes ? prefix : []
    const heads = headsOf(present(config.sound), config.decoder)
    const tokens = [...told, ids.noTimestamps, ...before, ...text, ids.end]
    const read = { tokens, begin: told.length, endOfText: ids.end }
    const { seen, ...alignment } = align(encoded.recall(tokens, layersOf(heads)), heads, read, this.#window.frames)
    return keeps ? { ...alignment, seen } : alignment
  }
}

function isGoodEnough(
  { compressionRatio, logProbability }: Attempt,
  noSpeechProbability: number,
  thresholds: Thresholds,
): boolean {
  const isUnlikely = thresholds.logProbability !== null && logProbability < thresholds.logProbability
  if (isUnlikely && thresholds.noSpeech !== null && noSpeechProbability > thresholds.noSpeech) return true // silence
  const repeats = thresholds.compressionRatio !== null && compressionRatio > thresholds.compressionRatio
  return !isUnlikely && !repeats
}

function isSilence(
  { logProbability }: Attempt,
  noSpeechProbability: number,
  { noSpeech, logProbability: least }: Thresholds,
) {
  if (noSpeech === null || !(noSpeechProbability > noSpeech)) return false
  return least === null || logProbability <= least
}

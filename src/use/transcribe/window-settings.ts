import { speechLanguage, speechLanguageNames } from '../../base/choices/speech-languages.ts'
import { didYouMean } from '../../base/did-you-mean.ts'
import { GlassformerError } from '../../base/errors.ts'
import type { GenerationOptions } from '../../engine/decode/settings/options.ts'
import type { ModelConfig } from '../../engine/model/config/config.ts'
import { type SpeechIds, TIMESTAMP } from '../../engine/model/speech-ids.ts'
import type { WindowSettings } from '../../engine/speech/index.ts'
import type { SpeechText } from '../../language/text/tokenizer/speech-text.ts'
import type { ResolvedTranscribe } from './options.ts'

/** A model that hears, as far as its settings of windows go. */
export interface SpeechModel {
  path: string
  config: ModelConfig
  generation: GenerationOptions
  ids: SpeechIds
  text: SpeechText
}

/** The text before a window, and whether the window is the first. */
export interface Context {
  /** The language, as it was given or has been detected; null: not yet. */
  language: string | null
  /** Tokens of earlier windows, and of the prompt. */
  previous: readonly number[]
  isFirst: boolean
}

/** The code of the language that a call names; null where it is to be detected. @throws GlassformerError ERR_OPTION */
export function languageOf(
  { language }: Pick<ResolvedTranscribe, 'language'>,
  { ids, path }: SpeechModel,
): string | null {
  if (!ids.languages.size) {
    const code = language === undefined ? 'en' : speechLanguage(language)
    if (code === 'en') return code
    throw new GlassformerError('ERR_OPTION', `${path} knows English alone: option 'language' cannot be '${language}'`)
  }
  if (language === undefined || language === 'auto') return null
  const code = speechLanguage(language)
  if (code !== undefined && ids.languages.has(code)) return code
  throw new GlassformerError(
    'ERR_OPTION',
    `option 'language' must be a language that ${path} knows, not '${language}'${didYouMean(language, speechLanguageNames)}`,
  )
}

const orNull = (value: number | 'off'): number | null => (value === 'off' ? null : value)

/** How each window of a call is heard, by what stands before it. */
export function settingsOf(
  options: ResolvedTranscribe,
  { config, generation, ids, text }: SpeechModel,
): (context: Context) => WindowSettings {
  const half = config.maxLength >> 1
  const latest = orNull(options.maxInitialTimestamp)
  const hotwords = options.hotwords === undefined ? [] : text.encode(options.hotwords).slice(0, half - 1)
  const prefix = options.prefix === undefined ? [] : text.encode(options.prefix).slice(0, half - 1)
  const always = {
    task: ids.languages.size ? options.task : 'transcribe',
    times: options.timestamps === false ? 'none' : 'rule',
    latestFirst: latest === null ? null : Math.round(latest / TIMESTAMP),
    ranking: { patience: options.patience, lengthPenalty: options.lengthPenalty ?? null },
    options: {
      ...generation,
      ...(options.suppressTokens && { suppress: [...options.suppressTokens] }),
      beams: options.beams,
      alternatives: 1,
      renormalize: true,
      loops: 'keep',
      maxTokens: options.maxTokens ?? half,
      repetitionPenalty: options.repetitionPenalty,
      noRepeatNgram: options.noRepeatNgram,
      seed: options.seed,
      sample: false,
    },
    temperatures: [options.temperature].flat(),
    bestOf: options.bestOf,
    thresholds: {
      compressionRatio: orNull(options.compressionRatioThreshold),
      logProbability: orNull(options.logprobThreshold),
      noSpeech: orNull(options.noSpeechThreshold),
    },
    words: options.timestamps === 'words',
  } satisfies Partial<WindowSettings>
  return ({ language, previous, isFirst }) => {
    const ownPrefix = isFirst ? prefix : []
    // As in faster-whisper: a prefix is in the way of hotwords, which stand in front of what was said before.
    const words = ownPrefix.length ? [] : hotwords
    const room = Math.max(0, half - 1 - words.length)
    return {
      ...always,
      language,
      previous: [...words, ...previous.slice(previous.length - Math.min(room, previous.length))],
      prefix: ownPrefix,
    }
  }
}

import { speechLanguage, speechLanguageNames } from '../../base/choices/speech-languages.ts'
import { didYouMean } from '../../base/did-you-mean.ts'
import { GlassformerError, shown } from '../../base/errors.ts'
import { present } from '../../base/present.ts'
import { inOptions } from '../../base/schema/place.ts'
import { read } from '../../base/schema/settings.ts'
import type { GenerationOptions } from '../../engine/decode/settings/options.ts'
import type { ModelConfig } from '../../engine/model/config/config.ts'
import { type SpeechIds, TIMESTAMP } from '../../engine/model/speech-ids.ts'
import type { WindowSettings } from '../../engine/speech/index.ts'
import type { SpeechText } from '../../language/text/tokenizer/speech-text.ts'
import { type LiveOptions, liveSettings, type ResolvedTranscribe, type TranscribeOptions } from './options.ts'

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
  if (!ids.hasTimes) return ownLanguage(language)
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

/** The language of a model that is not told one: its folder does not say it, so that a call does. @throws GlassformerError ERR_OPTION */
function ownLanguage(language = 'en'): string {
  const code = speechLanguage(language)
  if (code !== undefined) return code
  throw new GlassformerError(
    'ERR_OPTION',
    `option 'language' must be a language, not '${language}'${didYouMean(language, speechLanguageNames)}`,
  )
}

/** The longest window of a model that hears samples, in frames of 0.01 s. */
const LONGEST = 3000

/** Frames of 0.01 s of a model's window. */
export const windowFrames = ({ config: { sound } }: Pick<SpeechModel, 'config'>): number =>
  sound?.front ? LONGEST : 2 * present(sound).positions

/** Options that a model without times and prompts cannot follow, such as Moonshine, and why. */
const untold = {
  timestamps: 'it knows the times of windows alone, and none of words, which live() and listen() need too',
  task: 'it does not translate: options translateTo and translator do',
  multilingual: 'it knows one language',
  prompt: 'it reads no text before a sound',
  hotwords: 'it reads no text before a sound',
  prefix: 'it reads no text before a sound',
  conditionOnPreviousText: 'it reads no text before a sound',
} satisfies Partial<Record<keyof TranscribeOptions, string>>

/** Refuses options that a model cannot follow. @throws GlassformerError ERR_UNSUPPORTED */
export function checkTold(options: TranscribeOptions, { ids, path }: SpeechModel): void {
  if (ids.hasTimes) return
  for (const [name, why] of Object.entries(untold)) {
    const value = options[name as keyof typeof untold]
    if (!value || value === 'transcribe') continue
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `option '${name}' cannot be used with ${path}: ${why}; leave it out, or take a model of Whisper's`,
    )
  }
}

/** When words of live text are certain. */
export interface LivePolicy {
  name: 'local-agreement' | 'align-att'
  step: number
  frames: number
}

/**
 * The policy of live text, and the options of its transcription.
 * @throws GlassformerError ERR_OPTION; ERR_UNSUPPORTED for a model whose words have no times
 */
export function checkLive(
  options: LiveOptions,
  { ids, path }: Pick<SpeechModel, 'ids' | 'path'>,
): TranscribeOptions & { policy: LivePolicy } {
  if (typeof options !== 'object' || options === null)
    throw new GlassformerError('ERR_OPTION', `options of live text must be an object, not ${shown(options)}`)
  const { policy, step, frames, ...own } = options
  const { policy: name, ...found } = read(liveSettings, { policy, step, frames }, inOptions)
  if (own.translateTo !== undefined)
    throw new GlassformerError(
      'ERR_OPTION',
      "live text is not translated: leave option 'translateTo' out, and give its text to translateStream()",
    )
  if (!ids.hasTimes)
    throw new GlassformerError(
      'ERR_UNSUPPORTED',
      `${path} has no attention from which words get times, and live text needs them: take a model of Whisper's`,
    )
  return { ...own, policy: { name, ...found } as LivePolicy }
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
    // Without times, a search is that of transformers' generate().
    ranking: ids.hasTimes ? { patience: options.patience, lengthPenalty: options.lengthPenalty ?? null } : null,
    options: {
      ...generation,
      ...(options.suppressTokens && { suppress: [...options.suppressTokens] }),
      beams: options.beams,
      alternatives: 1,
      renormalize: ids.hasTimes,
      ...(!ids.hasTimes && { lengthPenalty: options.lengthPenalty ?? generation.lengthPenalty }),
      loops: 'keep',
      maxTokens: options.maxTokens ?? (ids.hasTimes ? half : null),
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

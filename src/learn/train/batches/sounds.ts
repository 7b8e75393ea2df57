import { speechLanguage, speechLanguageNames } from '../../../base/choices/speech-languages.ts'
import { didYouMean } from '../../../base/did-you-mean.ts'
import { GlassformerError } from '../../../base/errors.ts'
import { present } from '../../../base/present.ts'
import { statesOf } from '../../../engine/decode/step/index.ts'
import type { ModelConfig } from '../../../engine/model/config/config.ts'
import { speechIds } from '../../../engine/model/speech-ids.ts'
import { openSound } from '../../../sound/input/open-sound.ts'
import { LogMel, melPeak, normalizeMel } from '../../../sound/signal/log-mel.ts'
import type { TextModel } from '../models/kept-model.ts'
import type { CorpusSpec } from '../pairs/corpus.ts'
import type { PairTokenizer } from './pair-tokenizer.ts'

/** Samples from one frame of a spectrogram to the next. */
const HOP = 160

/**
 * The tokenizer of pairs of sounds and what is said in them. A target begins with its language and task, and has no times, as in fine-tuning
 * with transformers. A sound is cut, or filled up with silence, to the window of the model.
 * @throws GlassformerError ERR_OPTION for a language that the model does not know
 */
export function soundTokenizer(
  { tokenizer, weights: { config } }: TextModel,
  { language }: CorpusSpec & { format: 'audio' },
): PairTokenizer {
  const before = toldIds(config, language)
  const source = statesOf(present(config.sound).positions)
  return {
    encode: (path) => (path === '' ? [] : [...source]),
    encodeTarget: (text) => [
      ...before,
      ...tokenizer.encodeTarget(` ${text.trim()}`, { special: false }),
      config.ids.end,
    ],
    sourcePiece: () => '',
    piece: (id) => tokenizer.piece(id),
    sound: (path) => featuresOf(path, config),
  }
}

/** The ids after the start: language, task, and that there are no times. */
export function toldIds(config: ModelConfig, language: string | undefined): number[] {
  const { languages, transcribe, noTimestamps } = speechIds(config)
  if (!languages.size) return [noTimestamps]
  const code = language === undefined ? undefined : speechLanguage(language)
  const id = code === undefined ? undefined : languages.get(code)
  if (id !== undefined) return [id, transcribe, noTimestamps]
  throw new GlassformerError(
    'ERR_OPTION',
    language === undefined
      ? 'data.train.language is missing: the language of the sounds (--audio-language)'
      : `data.train.language must be a language that the model knows, not '${language}'${didYouMean(language, speechLanguageNames)}`,
  )
}

/** The features [frames, mels] of the first window of a sound. */
async function featuresOf(path: string, { sound }: ModelConfig): Promise<Float32Array> {
  const { mels, positions } = present(sound)
  const frames = 2 * positions
  const samples = new Float32Array(frames * HOP)
  let at = 0
  for await (const piece of (await openSound(path)).samples()) {
    samples.set(piece.subarray(0, samples.length - at), at)
    at += piece.length
    if (at >= samples.length) break
  }
  const stream = new LogMel(mels)
  const features = new Float32Array(frames * mels)
  const first = stream.push(samples)
  features.set(first)
  features.set(stream.end().subarray(0, features.length - first.length), first.length)
  return normalizeMel(features, melPeak(features))
}

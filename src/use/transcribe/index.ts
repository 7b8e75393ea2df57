/** Face of glassformer/speech: what a program that transcribes imports. */
/// <reference types="node" preserve="true" />

export { speechLanguage, speechLanguages } from '../../base/choices/speech-languages.ts'
export { type ErrorCode, GlassformerError } from '../../base/errors.ts'
export type { BackendInfo } from '../../engine/backend/interface/backend.ts'
export type { Task } from '../../engine/speech/index.ts'
export type { AudioBufferLike, RawSound, SoundInput } from '../../sound/input/sound.ts'
export type { ModelInfo } from '../translate/options/model-info.ts'
export type { LoadOptions } from '../translate/options/options.ts'
export type { ListenedToken, Listening } from './listening.ts'
export type { LiveText } from './live.ts'
export type { LiveOptions, TranscribeOptions } from './options.ts'
export { Transcriber } from './transcriber.ts'
export type {
  DetectedLanguage,
  TranscribeProgress,
  Transcript,
  TranscriptSegment,
  TranscriptWord,
} from './transcript.ts'

/** The entry `glassformer/web/speech`: transcripts, live text and the language of what is said, in a page. */

export { speechLanguage, speechLanguages } from '../../../base/choices/speech-languages.ts'
export { type ErrorCode, GlassformerError } from '../../../base/errors.ts'
export type { BackendInfo } from '../../../engine/backend/interface/backend.ts'
export type { AudioBufferLike, RawSound, SoundInput } from '../../../sound/input/sound.ts'
export type { ListenedToken, Listening } from '../../transcribe/listening.ts'
export type { LiveText } from '../../transcribe/live.ts'
export type { LiveOptions, TranscribeOptions } from '../../transcribe/options.ts'
export type {
  DetectedLanguage,
  TranscribeProgress,
  Transcript,
  TranscriptSegment,
  TranscriptWord,
} from '../../transcribe/transcript.ts'
export { clearCache } from '../loading/cache-storage.ts'
export type { LoadProgress } from '../loading/load-options.ts'
export type { CacheState } from '../loading/messages.ts'
export type { PickedFile } from '../loading/picked-files.ts'
export { type MicrophoneOptions, microphone } from '../microphone.ts'
export { type SpeechLoadOptions, Transcriber } from './transcriber.ts'

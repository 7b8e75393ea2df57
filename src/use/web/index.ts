/** The entry `glassformer/web`: translating, streaming and tracing in a page. */

export { type ErrorCode, GlassformerError } from '../../base/errors.ts'
export type { BackendInfo } from '../../engine/backend/interface/backend.ts'
export type { FinishReason } from '../../engine/decode/search/index.ts'
export type { GenerationOptions } from '../../engine/decode/settings/options.ts'
export type { AttentionWeights } from '../../engine/decode/teacher-forced.ts'
export type { Trace } from '../../trace/data/trace.ts'
export { type FigureNeeds, figure, figureNeeds } from '../../trace/figure/figure.ts'
export type { FigureName, FigureOptions } from '../../trace/figure/options.ts'
export type { TraceOptions } from '../../trace/options.ts'
export type { ModelInfo } from '../translate/options/model-info.ts'
export type { TranslateOptions } from '../translate/options/options.ts'
export type {
  Alternative,
  Piece,
  Score,
  SentenceAttention,
  Source,
  Translation,
} from '../translate/translation/translation.ts'
export { clearCache } from './loading/cache-storage.ts'
export type { LoadOptions, LoadProgress, WebBackend } from './loading/load-options.ts'
export type { CacheState } from './loading/messages.ts'
export type { PickedFile } from './loading/picked-files.ts'
export { type MicrophoneOptions, microphone } from './microphone.ts'
export { Translator } from './translator.ts'

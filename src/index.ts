/// <reference types="node" preserve="true" />

export { type ErrorCode, GlassformerError } from './base/errors.ts'
export type { BackendInfo } from './engine/backend/interface/backend.ts'
export type { LogitsProcessor, PrefixAllowed } from './engine/decode/processors/index.ts'
export type { FinishReason } from './engine/decode/search/index.ts'
export type { GenerationOptions } from './engine/decode/settings/options.ts'
export type { AttentionWeights } from './engine/decode/teacher-forced.ts'
export type { Activation, ModelConfig, Positions, SpecialIds, StackConfig } from './engine/model/config/config.ts'
export { Weights } from './engine/weights/weights.ts'
export { convertFolder } from './files/folders/convert.ts'
export { type Exported, exportFolder } from './files/folders/export.ts'
export type { UnsupportedSetting } from './files/folders/generation/unsupported-setting.ts'
export { type FolderToWrite, writeGlassformerFolder } from './files/folders/glassformer.ts'
export type { TrainedOn } from './files/folders/layout/loaded-model.ts'
export type { StoredDtype, StoredFloat } from './files/folders/tensors/stored-dtype.ts'
export type { PullProgress } from './files/hub/progress.ts'
export type { PullOptions } from './files/hub/pull.ts'
export { pull } from './files/registry/lazy-pull.ts'
export { openSafetensors } from './formats/tensors/safetensors.ts'
export type { SafetensorsFile } from './formats/tensors/safetensors-file.ts'
export { type TensorToWrite, writeSafetensors } from './formats/tensors/safetensors-writer.ts'
export type { LeftTexts } from './language/markup/document/document.ts'
export type { DocumentFormat, Format, PackageFormat } from './language/markup/document/formats.ts'
export { type MemoryLanguages, type MemoryMatch, type MemoryUnit, TranslationMemory } from './language/memory/index.ts'
export type { Protect } from './language/protect/protect-option.ts'
export type { MarkedText, PlacedSpan, Span, SpanKind } from './language/protect/span.ts'
export type { Continuation, Prompt, TextSearch } from './use/generate/text-generator.ts'
export { TextGenerator } from './use/generate/text-generator.ts'
export type { TextScore } from './use/generate/text-score.ts'
export { Autoencoder, type AutoencoderOptions } from './use/latents/index.ts'
export { backendInfo } from './use/translate/backend-info.ts'
export { type Between, type BetweenOptions, translateBetween } from './use/translate/between.ts'
export type { TokenAlternative, TokenSearch, TokenTranslation } from './use/translate/calls/index.ts'
export type { GenerateSettings } from './use/translate/options/generate-settings.ts'
export type { ModelInfo } from './use/translate/options/model-info.ts'
export type { DocumentCall, LoadOptions, TranslateOptions } from './use/translate/options/options.ts'
export { pivot } from './use/translate/pivot.ts'
export type { GlossaryTerm, TokenVocabulary } from './use/translate/sentences/index.ts'
export type { DecodeOption, SideOption, TextTokenizer, TokenizeOptions } from './use/translate/text-tokenizer.ts'
export type {
  CutSentence,
  CutText,
  DocumentFinding,
  DocumentReport,
} from './use/translate/translation/document-report.ts'
export type {
  Alternative,
  Encoded,
  Generated,
  Piece,
  Score,
  SentenceAlignment,
  SentenceAttention,
  Source,
  Translation,
} from './use/translate/translation/translation.ts'
export { Translator } from './use/translate/translator.ts'
export type { Histogram, SchedulingOptions, Statistics } from './workers/index.ts'

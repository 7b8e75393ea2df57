/// <reference types="node" preserve="true" />
export type { BackendInfo } from './backend/backend.ts'
export type { AttentionWeights } from './decode/forced.ts'
export type { GenerationOptions } from './decode/options.ts'
export type { LogitsProcessor } from './decode/processors/custom.ts'
export type { PrefixAllowed } from './decode/processors/prefix-allowed.ts'
export type { FinishReason } from './decode/search.ts'
export { type ErrorCode, GlassformerError } from './errors.ts'
export { type BleuScore, corpusBleu, sentenceBleu } from './evaluate/bleu.ts'
export type { BleuOptions, BleuSmoothing } from './evaluate/bleu-options.ts'
export type { BleuTokenizer } from './evaluate/bleu-tokenizers.ts'
export { type ChrfOptions, type ChrfScore, corpusChrf, sentenceChrf } from './evaluate/chrf.ts'
export { convertFolder } from './folders/convert.ts'
export { type Exported, exportFolder } from './folders/export.ts'
export { type FolderToWrite, writeGlassformerFolder } from './folders/glassformer.ts'
export type { TrainedOn } from './folders/loaded-model.ts'
export type { StoredDtype, StoredFloat } from './folders/stored-dtype.ts'
export type { UnsupportedSetting } from './folders/unsupported-setting.ts'
export { openSafetensors } from './formats/safetensors.ts'
export type { SafetensorsFile } from './formats/safetensors-file.ts'
export { type TensorToWrite, writeSafetensors } from './formats/safetensors-writer.ts'
export { pull } from './hub/lazy-pull.ts'
export type { PullProgress } from './hub/progress.ts'
export type { PullOptions } from './hub/pull.ts'
export type { Format } from './markup/formats.ts'
export type { Activation, ModelConfig, Positions, SpecialIds, StackConfig } from './model/config.ts'
export type { Protect } from './protect/protect-option.ts'
export type { MarkedText, PlacedSpan, Span, SpanKind } from './protect/span.ts'
export { readTrainConfig, type TrainConfig } from './train/config.ts'
export { train } from './train/lazy-train.ts'
export type { TrainListener, TrainResult, TrainStart } from './train/train.ts'
export type { TrainOptions } from './train/train-options.ts'
export type { StepReport } from './train/trainer.ts'
export type { Scores, ValidationReport } from './train/validation.ts'
export { backendInfo } from './translate/backend-info.ts'
export type { GenerateSettings } from './translate/generate-settings.ts'
export type { GlossaryTerm } from './translate/glossary.ts'
export type { ModelInfo } from './translate/model-info.ts'
export type { LoadOptions, TranslateOptions } from './translate/options.ts'
export type { SchedulingOptions } from './translate/scheduling.ts'
export type { Statistics } from './translate/statistics.ts'
export type { DecodeOption, SideOption, TextTokenizer, TokenizeOptions } from './translate/text-tokenizer.ts'
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
} from './translate/translation.ts'
export { Translator } from './translate/translator.ts'
export type { Histogram } from './translate/worker-counts.ts'
export { Weights } from './weights/weights.ts'

/// <reference types="node" preserve="true" />
export { type ErrorCode, GlassformerError } from '../../base/errors.ts'
export type { PullProgress } from '../../files/hub/progress.ts'
export { AutoConfig, GenerationConfig, PretrainedConfig } from './config.ts'
export { DynamicCache } from './dynamic-cache.ts'
export {
  AutoModelForMaskedLM,
  AutoModelForQuestionAnswering,
  AutoModelForSequenceClassification,
  AutoModelForTokenClassification,
  type EncoderInputs,
  EncoderModel,
  type EncoderOutput,
} from './encoder-model.ts'
export type {
  AnswerText,
  EncoderCalls,
  EncoderPipeline,
  EncoderTask,
  MaskToken,
  TokenLabel,
  ZeroShotLabels,
} from './encoder-pipeline.ts'
export { env } from './env.ts'
export type { ForwardInputs, ForwardOutput } from './forward.ts'
export type { ImagePipeline, ImagePipelineInput, ImageText } from './image-pipeline.ts'
export { LogitsProcessor, LogitsProcessorList } from './logits-processor.ts'
export {
  type GenerateInputs,
  type GenerateOptions,
  type GenerateOutput,
  PreTrainedModel,
} from './model.ts'
export {
  AutoModel,
  AutoModelForCausalLM,
  AutoModelForSeq2SeqLM,
  BartForConditionalGeneration,
  BlenderbotForConditionalGeneration,
  GPT2LMHeadModel,
  LongT5ForConditionalGeneration,
  M2M100ForConditionalGeneration,
  MarianMTModel,
  MBartForConditionalGeneration,
  MT5ForConditionalGeneration,
  PegasusForConditionalGeneration,
  T5ForConditionalGeneration,
} from './model-classes.ts'
export { type Pipeline, type PipelineCallOptions, type PipelineTask, pipeline } from './pipeline.ts'
export type { PretrainedOptions, ProgressInfo } from './pretrained.ts'
export type {
  SpeechPipeline,
  SpeechPipelineChunk,
  SpeechPipelineOptions,
  SpeechPipelineOutput,
} from './speech-pipeline.ts'
export {
  EosTokenCriteria,
  InterruptableStoppingCriteria,
  MaxLengthCriteria,
  StoppingCriteria,
  StoppingCriteriaList,
} from './stopping-criteria.ts'
export { type IdRows, type Slice, Tensor, type TensorData, type TensorType } from './tensor.ts'
export { BaseStreamer, TextStreamer } from './text-streamer.ts'
export { AutoTokenizer, PreTrainedTokenizer, type TokenizerCallOptions } from './tokenizer.ts'

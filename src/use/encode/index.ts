/// <reference types="node" preserve="true" />
export { type ErrorCode, GlassformerError } from '../../base/errors.ts'
export { Encoder } from './encoder.ts'
export type { Embedded, Label, Ranked, TextStates } from './encoder-calls.ts'
export type { Entity } from './entities.ts'
export type { Alike, EncoderToken, InspectedText, LabelShares, Share, TextShares } from './inspect.ts'
export type { TextIds, TextOrPair } from './items.ts'
export type {
  AnswerOptions,
  AttributeOptions,
  CallOptions,
  ClassifyOptions,
  EmbedOptions,
  FillOptions,
  InspectOptions,
  RankOptions,
  StatesOptions,
  TokenOptions,
  ZeroShotOptions,
} from './options.ts'
export type { FilledMask, FoundAnswer } from './worker/tasks.ts'

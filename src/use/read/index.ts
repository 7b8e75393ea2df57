/** Face of glassformer/reader: what a program that reads pictures imports. */
/// <reference types="node" preserve="true" />

export { type ErrorCode, GlassformerError } from '../../base/errors.ts'
export type { BackendInfo } from '../../engine/backend/interface/backend.ts'
export type { ImageInput, RawImage } from '../../image/open-image.ts'
export type { ModelInfo } from '../translate/options/model-info.ts'
export type { LoadOptions } from '../translate/options/options.ts'
export type { ReadText } from './jobs/read-image.ts'
export type { ReadOptions } from './options.ts'
export { Reader, type Reading } from './reader.ts'

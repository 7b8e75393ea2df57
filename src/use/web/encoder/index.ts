/** The entry `glassformer/web/encoder`: vectors, rankings, labels and answers in a page. */

export { type ErrorCode, GlassformerError } from '../../../base/errors.ts'
export type { BackendInfo } from '../../../engine/backend/interface/backend.ts'
export type { Embedded, Label, Ranked, TextStates } from '../../encode/encoder-calls.ts'
export type { Entity } from '../../encode/entities.ts'
export type { Alike, EncoderToken, InspectedText, LabelShares, Share, TextShares } from '../../encode/inspect.ts'
export type { TextOrPair } from '../../encode/items.ts'
export type { FilledMask, FoundAnswer } from '../../encode/worker/tasks.ts'
export { clearCache } from '../loading/cache-storage.ts'
export type { LoadOptions, LoadProgress } from '../loading/load-options.ts'
export type { CacheState } from '../loading/messages.ts'
export type { PickedFile } from '../loading/picked-files.ts'
export { Encoder } from './encoder.ts'

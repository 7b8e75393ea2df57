/** Face of translate/ for the Translator of glassformer/web. Nothing here needs Node. */
export { pieceStream } from './calls/piece-stream.ts'
export {
  checkIsText,
  checkShortlist,
  type ResolvedCall,
  resolveTranslateOptions,
} from './calls/resolve-translate-options.ts'
export { ownPairs, ownSource, unmarked } from './calls/sources.ts'
export { translateGiven } from './calls/translate-given.ts'
export type { ReadDocument } from './parsing/read-document.ts'
export { readScheduling, type SchedulingOptions } from './pool/scheduling.ts'

/** Face of translate/ for the Translator of glassformer/web. Nothing here needs Node. */

export { readScheduling, type SchedulingOptions } from '../../workers/requests/scheduling.ts'
export { pieceStream } from './calls/piece-stream.ts'
export { translateSources } from './documents/translate-sources.ts'
export {
  checkIsText,
  checkShortlist,
  type ResolvedCall,
  resolveTranslateOptions,
} from './options/resolve-call.ts'
export type { ReadDocument } from './parsing/read-document.ts'
export { ownPairs, ownSource, unmarked } from './translation/sources.ts'

/** Face of translate/calls/: what other rooms use of calls to a translator. */

export { checkShortlist } from '../options/resolve-call.ts'
export { resolveLoadOptions } from '../options/resolve-load-options.ts'
export { isSource, ownSource, ownSources, textOf } from '../translation/sources.ts'
export { fromMemory, fromMemoryInPieces } from './from-memory.ts'
export { PoolTranslator } from './pool-translator.ts'
export { downloadedFolder, onCallingThread, type Started, startPool } from './start-pool.ts'
export { isAboutOneText, isFailure, type Outcome, translateEach } from './translate-each.ts'
export type { TokenAlternative, TokenSearch, TokenTranslation } from './translate-tokens.ts'

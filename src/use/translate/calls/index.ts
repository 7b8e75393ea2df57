/** Face of translate/calls/: what other rooms use of calls to a translator. */
export { PoolTranslator } from './pool-translator.ts'
export { remembered, rememberedInPieces } from './remembered.ts'
export { resolveLoadOptions } from './resolve-load-options.ts'
export { checkShortlist } from './resolve-translate-options.ts'
export { isSource, ownSource, ownSources, textOf } from './sources.ts'
export { isAboutOneText, isFailure, type Outcome, translateEach } from './translate-each.ts'
export type { TokenAlternative, TokenSearch, TokenTranslation } from './translate-tokens.ts'

/** Face of language/memory/: what other rooms use of translation memories. */
export type { MemoryUnit } from './memory-file.ts'
export type { MemoryLanguages } from './tmx.ts'
export { type MemoryMatch, TranslationMemory, tmxParts, unitsOfTmx } from './translation-memory.ts'

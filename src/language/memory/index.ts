/** Face of language/memory/: what other rooms use of translation memories. */
export type { MemoryUnit } from './memory-file.ts'
export { type MemoryQuestion, planOf, plansOf, type RemoteMemory, type TextPart, type TextPlan } from './memory-plan.ts'
export type { MemoryLanguages, UnitsPart } from './tmx.ts'
export { type MemoryMatch, TranslationMemory } from './translation-memory.ts'

/** Face of language/memory/: what other rooms use of translation memories. */
export { type MemoryQuestion, planOf, plansOf, type RemoteMemory, type TextPart, type TextPlan } from './memory-plan.ts'
export { type MemoryUnit, placedBy, type SegmentTag, type UnitDetails, type UnitFacts } from './memory-unit.ts'
export type { MemoryLanguages, UnitsPart } from './tmx.ts'
export { type MemoryMatch, TranslationMemory } from './translation-memory.ts'

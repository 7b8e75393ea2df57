import type { TranslationMemory } from '../../../language/memory/index.ts'
import { type Chosen, plainTag } from '../models/choose-model.ts'
import type { Service } from '../service.ts'

/**
 * Runs work with the memory of an owner for the languages of a route, as an option of translations; without one where
 * there is none, where the owner is null, and where another language joins two models.
 */
export function withMemory<T>(
  { memories }: Service,
  owner: string | null,
  route: readonly Chosen[],
  work: (option: { memory?: TranslationMemory }) => Promise<T>,
): Promise<T> {
  const [{ source, target }] = route
  if (!memories || owner === null || route.length > 1 || source === undefined || target === undefined) return work({})
  const pair = { source: plainTag(source), target: plainTag(target) }
  return memories.use(owner, pair, (memory) => work(memory ? { memory } : {}))
}

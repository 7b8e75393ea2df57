import type { TranslationMemory } from '../../../language/memory/index.ts'
import type { Memories } from '../memories/memories.ts'
import { type Chosen, plainTag } from '../models/choose-model.ts'
import { routeLanguages } from '../models/route.ts'
import type { Service } from '../service/service.ts'

/** The memories of an owner that are asked along a route. */
export interface RouteMemories {
  /** That of the languages of a route of several models; null where there is none. */
  whole: TranslationMemory | null
  /** For each model the option of its translations: the memory of its languages. */
  legs: readonly { memory?: TranslationMemory }[]
}

/** Runs work with the memories of an owner for the languages of a route; without any where the owner is null. */
export async function withMemories<T>(
  { memories }: Service,
  owner: string | null,
  route: readonly Chosen[],
  work: (found: RouteMemories) => Promise<T>,
): Promise<T> {
  const legs: { memory?: TranslationMemory }[] = route.map(() => ({}))
  if (!memories || owner === null) return work({ whole: null, legs })
  const next = (place: number): Promise<T> =>
    place === route.length
      ? usingMemory(memories, owner, route.length > 1 ? routeLanguages(route) : {}, (whole) => work({ whole, legs }))
      : usingMemory(memories, owner, route[place], (memory) => {
          if (memory) legs[place] = { memory }
          return next(place + 1)
        })
  return next(0)
}

/** Runs work with the memory of two languages; null where the owner has none of them, or they are not known. */
function usingMemory<T>(
  memories: Memories,
  owner: string,
  { source, target }: { source?: string; target?: string },
  work: (memory: TranslationMemory | null) => Promise<T>,
): Promise<T> {
  if (source === undefined || target === undefined) return work(null)
  return memories.use(owner, { source: plainTag(source), target: plainTag(target) }, work)
}

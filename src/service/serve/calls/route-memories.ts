import type { RemoteMemory } from '../../../language/memory/index.ts'
import type { Memories } from '../memories/memories.ts'
import { type Chosen, plainTag } from '../models/choose-model.ts'
import { routeLanguages } from '../models/route.ts'
import type { Service } from '../service/service.ts'

/** The memories of an owner that are asked along a route. */
export interface RouteMemories {
  /** That of the languages of a route of several models; null where there is none. */
  whole: RemoteMemory | null
  /** For each model the option of its translations: the memory of its languages. */
  legs: readonly { memory?: RemoteMemory }[]
}

/** The memories of an owner for the languages of a route; none where the owner is null. */
export function memoriesFor(
  { memories }: Pick<Service, 'memories'>,
  owner: string | null,
  route: readonly Chosen[],
): RouteMemories {
  if (!memories || owner === null) return { whole: null, legs: route.map(() => ({})) }
  return {
    whole: route.length > 1 ? memoryOf(memories, owner, routeLanguages(route)) : null,
    legs: route.map((chosen) => {
      const memory = memoryOf(memories, owner, chosen)
      return memory ? { memory } : {}
    }),
  }
}

/** The memory of two languages; null where the owner has none of them, or they are not known. */
function memoryOf(
  memories: Memories,
  owner: string,
  { source, target }: { source?: string; target?: string },
): RemoteMemory | null {
  if (source === undefined || target === undefined) return null
  return memories.find(owner, { source: plainTag(source), target: plainTag(target) })
}

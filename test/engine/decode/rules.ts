import type { Rules } from '#dist/engine/decode/search/rules.js'
import { type GenerationOptions, generationDefaults } from '#dist/engine/decode/settings/options.js'

/** Rules of a search with these options; id 0 ends a sentence. */
export function rulesOf(options: Partial<GenerationOptions>, others: Partial<Rules> = {}): Rules {
  return {
    options: { ...generationDefaults, ...options },
    ends: [0],
    limit: 10,
    prompt: 0,
    source: [],
    stops: null,
    deadline: Infinity,
    ...others,
  }
}

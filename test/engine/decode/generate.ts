import type { Player } from '#dist/engine/backend/interface/backend.js'
import type { Shortlist } from '#dist/engine/decode/batch/shortlist.js'
import { Generator } from '#dist/engine/decode/generator.js'
import type { Found } from '#dist/engine/decode/search/search.js'
import type { GenerationOptions } from '#dist/engine/decode/settings/options.js'
import type { Weights } from '#dist/engine/weights/weights.js'

/** Searches for the translations of sources in ids, in the order of the sources. */
export function generate(
  player: Player,
  weights: Weights,
  sources: readonly (readonly number[])[],
  options: GenerationOptions,
  batchTokens = 4096,
  shortlist: Shortlist | null = null,
): Found[][] {
  const generator = new Generator(player, weights, { batchTokens, shortlist })
  const results: Found[][] = []
  sources.forEach((source, i) => {
    generator.add({
      source,
      options,
      done: (found) => {
        results[i] = found
      },
    })
  })
  while (generator.busy) generator.step()
  return results
}

import type { Found } from '../decode/search.ts'
import type { Alternative } from './translation.ts'

/** One sentence of an input: what is to be translated, and the white space before it. */
export interface Part {
  before: string
  ids: number[]
}

/** Joins the parts' translations, with the white space that the parts had: the n-th best of each makes the n-th alternative. */
export function join(parts: readonly Part[], after: string, found: readonly Found[][], decode: (ids: readonly number[]) => string): Alternative[] {
  const count = Math.max(0, ...found.map((list) => list.length))
  return Array.from({ length: count }, (_, rank) => {
    const chosen = found.map((list) => list[Math.min(rank, list.length - 1)])
    return {
      text: chosen.map(({ ids }, i) => parts[i].before + decode(ids)).join('') + after,
      score: chosen.reduce((sum, { score }) => sum + score, 0),
      ids: chosen.flatMap(({ ids }) => ids),
      tokenScores: chosen.flatMap(({ scores }) => scores),
    }
  })
}

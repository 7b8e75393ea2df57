import { tokensOf } from '../hypotheses/hypothesis.ts'
import type { Rules } from './rules.ts'
import type { Search } from './search.ts'

/** The common prefix of all translations that a search can still find. */
export function agreement({ live, finished }: Search, { loops }: Rules): number[] {
  const certain = loops ? live.map((hypothesis) => loops.certain(hypothesis)) : live
  const hypotheses = [...certain, ...finished.map(({ hypothesis }) => hypothesis)]
  const [first, ...others] = hypotheses.map((hypothesis) => tokensOf(hypothesis).ids)
  let length = first.length
  for (const ids of others) {
    length = Math.min(length, ids.length)
    for (let i = 0; i < length; i++) if (ids[i] !== first[i]) length = i
  }
  return first.slice(0, length)
}

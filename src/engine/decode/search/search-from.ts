import { type Hypothesis, tokensOf } from '../hypotheses/hypothesis.ts'
import { BeamSearch } from './beam-search.ts'
import { GreedySearch } from './greedy-search.ts'
import type { Rules } from './rules.ts'
import { SamplingSearch } from './sampling-search.ts'
import type { Search } from './search.ts'
import type { SearchObserver } from './search-observer.ts'
import { TranscriptBeams, TranscriptSamples } from './transcript-beams.ts'

/** Creates the search that the options ask for, beginning with `start`. */
export function searchFrom(start: Hypothesis, rules: Rules, observer?: SearchObserver): Search {
  const { beams, sample } = rules.options
  if (rules.transcript && sample) return new TranscriptSamples(rules, rules.transcript, start)
  if (rules.transcript && beams > 1) return new TranscriptBeams(rules, rules.transcript, start)
  if (beams > 1) return new BeamSearch(rules, start, observer)
  return sample ? new SamplingSearch(rules, start) : new GreedySearch(rules, start, observer)
}

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

import type { Hypothesis } from '../hypotheses/hypothesis.ts'
import { BeamSearch } from './beam-search.ts'
import { GreedySearch } from './greedy-search.ts'
import type { Rules } from './rules.ts'
import { SamplingSearch } from './sampling-search.ts'
import type { Search } from './search.ts'
import type { SearchObserver } from './search-observer.ts'
import { TranscriptBeams } from './transcript-beams.ts'
import { TranscriptSamples } from './transcript-samples.ts'

/** Creates the search that the options ask for, beginning with `start`. */
export function searchFrom(start: Hypothesis, rules: Rules, observer?: SearchObserver): Search {
  const { beams, sample } = rules.options
  if (rules.transcript && sample) return new TranscriptSamples(rules, rules.transcript, start)
  if (rules.transcript && beams > 1) return new TranscriptBeams(rules, rules.transcript, start)
  if (beams > 1) return new BeamSearch(rules, start, observer)
  return sample ? new SamplingSearch(rules, start) : new GreedySearch(rules, start, observer)
}

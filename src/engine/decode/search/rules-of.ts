import type { ModelConfig } from '../../model/config.ts'
import { longestTargetFor } from '../../model/positions/kinds.ts'
import type { GenerationOptions } from '../options.ts'
import type { Sentence } from '../turns/sentence.ts'
import { tokensOf } from './hypothesis.ts'
import { Loops } from './loops.ts'
import type { Rules } from './rules.ts'
import { withSource } from './surface.ts'
import { Terms } from './terms.ts'

/** The rules of a search for a sentence's translation, after a prompt of this many tokens. */
export function rulesOf(
  { options, source, stops, forced, surface = null, terms = [], times, transcript }: Sentence,
  prompt: number,
  { ids, maxLength, positions }: Pick<ModelConfig, 'ids' | 'maxLength' | 'positions'>,
): Rules {
  const longest = Math.min(maxLength, longestTargetFor(positions))
  return {
    options,
    ends: options.ends ?? [ids.end],
    limit: Math.max(1, Math.min(options.maxTokens ?? Infinity, bySource(options, source), longest - prompt)),
    prompt,
    source,
    forced,
    times,
    transcript,
    // A term may itself be a repetition.
    loops:
      options.loops === 'cut'
        ? new Loops(source, surface && withSource(surface, terms.map(({ text }) => text).join(' ')))
        : null,
    terms: terms.length && surface ? new Terms(terms, surface) : null,
    stops: stops ? (hypothesis) => stops(tokensOf(hypothesis).ids) : null,
    deadline: options.maxTime === null ? Infinity : performance.now() + 1000 * options.maxTime,
  }
}

/** The largest number of tokens that options allow for a source. */
const bySource = ({ maxLengthFactor }: GenerationOptions, source: readonly number[]): number =>
  maxLengthFactor === null ? Infinity : Math.ceil(maxLengthFactor * source.length)

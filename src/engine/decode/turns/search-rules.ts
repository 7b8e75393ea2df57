import type { ModelConfig } from '../../model/config/config.ts'
import { longestTargetFor } from '../../model/config/kinds.ts'
import { tokensOf } from '../hypotheses/hypothesis.ts'
import { withSource } from '../hypotheses/token-texts.ts'
import { Loops } from '../search/loops.ts'
import type { Rules } from '../search/rules.ts'
import { Terms } from '../search/terms.ts'
import type { GenerationOptions } from '../settings/options.ts'
import type { Sentence } from './sentence.ts'

/** The rules of a search for a sentence's translation, after a prompt of this many tokens. */
export function searchRules(
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

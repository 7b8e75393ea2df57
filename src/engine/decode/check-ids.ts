import { inOptions, type Place } from '../../base/schema/place.ts'
import type { ModelConfig } from '../model/config/config.ts'
import type { GenerationOptions } from './settings/options.ts'

/** Options whose values are token ids. */
const namingIds = [
  ...(['suppress', 'suppressSequences', 'suppressFirst', 'sequenceBias', 'forcedFirst', 'forcedLast', 'ends'] as const),
  ...(['start', 'draft'] as const),
] as const

/**
 * Checks that the model has the ids that options name, and that a translation can begin with at least one id.
 * @throws GlassformerError ERR_OPTION, or the code of `place`
 */
export function checkIds(
  options: GenerationOptions,
  { targetVocabulary: vocabulary, ids: { end } }: IdRange,
  place: Place = inOptions,
): void {
  const draft = typeof options.draft === 'string' ? null : options.draft
  const named = { ...options, sequenceBias: options.sequenceBias.map(([ids]) => ids), draft }
  for (const name of namingIds)
    for (const id of [named[name]].flat(2))
      if (id !== null && id >= vocabulary)
        place.refuse(`option '${name}' names id ${id}, outside the target vocabulary of ${vocabulary}`)
  const { suppress, suppressFirst, forcedFirst, minTokens, ends } = options
  if (forcedFirst !== null || suppress.length + suppressFirst.length + 1 < vocabulary) return
  if (new Set([...suppress, ...suppressFirst, ...(minTokens ? (ends ?? [end]) : [])]).size === vocabulary)
    place.refuse(`options 'suppress', 'suppressFirst' and 'minTokens' leave no token that could come first`)
}

type IdRange = Pick<ModelConfig, 'targetVocabulary' | 'ids'>

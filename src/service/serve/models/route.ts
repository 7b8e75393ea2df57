import type { GlassformerError } from '../../../base/errors.ts'
import { type Asked, type Chosen, chooseModel, pairsOf, plainTag } from './choose-model.ts'
import type { Models } from './models.ts'
import type { ServedModel } from './served-model.ts'

/**
 * The models for a request, in order: the one for its pair of languages, or one into the language `pivot` and one out
 * of it. @throws GlassformerError as `chooseModel`, where there are none
 */
export function chooseRoute(models: Models, asked: Asked, pivot: string | undefined): Chosen[] {
  try {
    return [chooseModel(models, asked)]
  } catch (error) {
    const { source, target, model } = asked
    if (pivot === undefined || source === undefined || target === undefined || model !== undefined) throw error
    if ([source, target].some((language) => plainTag(language) === plainTag(pivot))) throw error
    return legs(models, source, target, pivot, error as GlassformerError)
  }
}

function legs(models: Models, source: string, target: string, pivot: string, error: GlassformerError): Chosen[] {
  try {
    return [chooseModel(models, { source, target: pivot }), chooseModel(models, { source: pivot, target })]
  } catch {
    throw error
  }
}

/** The source languages, each with its target languages, including those by way of `pivot`; by plain tags. */
export function routedPairs(models: readonly ServedModel[], pivot: string | undefined): Map<string, Set<string>> {
  const pairs = pairsOf(models)
  const through = pivot === undefined ? undefined : plainTag(pivot)
  const onward = [...(pairs.get(through ?? '') ?? [])]
  for (const [source, targets] of pairs)
    if (through !== undefined && source !== through && targets.has(through))
      for (const target of onward) if (target !== source) targets.add(target)
  return pairs
}

import { GlassformerError } from '../../../base/errors.ts'
import { lastOf } from '../../../base/present.ts'
import type { TranslateOptions } from '../../../use/translate/options/options.ts'
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
    return legs(models, { source, target, pivot }, error as GlassformerError)
  }
}

function legs(
  models: Models,
  { source, target, pivot }: { source: string; target: string; pivot: string },
  error: GlassformerError,
): Chosen[] {
  try {
    return [chooseModel(models, { source, target: pivot }), chooseModel(models, { source: pivot, target })]
  } catch {
    throw error
  }
}

/** The models of a route as answers name them. */
export const routeName = (route: readonly Chosen[]): string => route.map(({ model }) => model.name).join(' + ')

/** The languages of a route: from which its first model translates, and into which its last. */
export const routeLanguages = (route: readonly Chosen[]) => ({ source: route[0].source, target: lastOf(route).target })

/** Formats with the source beside each translation, which a second translation would not read. */
const bilingual: readonly unknown[] = ['po', 'xliff']

/**
 * Refuses options that cannot go through another language.
 * @throws GlassformerError ERR_OPTION
 */
export function checkRoute(
  route: readonly Chosen[],
  { format, glossary, adapter }: { format?: unknown; glossary?: unknown; adapter?: unknown },
): void {
  if (route.length < 2) return
  const through = `these languages, which ${routeName(route)} join`
  for (const [name, value] of Object.entries({ glossary, adapter }))
    if (value !== undefined)
      throw new GlassformerError('ERR_OPTION', `option '${name}' cannot be used with ${through}: translate twice`)
  if (bilingual.includes(format))
    throw new GlassformerError(
      'ERR_OPTION',
      `a document in ${format}, which keeps its sources, cannot be translated between ${through}: translate its texts`,
    )
}

/**
 * The options of the model at this place of a route: only the first one reads a context, and only the last one is asked
 * for several translations.
 */
export function optionsOfLeg(options: TranslateOptions, route: readonly Chosen[], place: number): TranslateOptions {
  const { alternatives, context, ...others } = options
  return {
    ...others,
    ...(place === 0 && context !== undefined && { context }),
    ...(place === route.length - 1 && alternatives !== undefined && { alternatives }),
    ...route[place].told,
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

import { GlassformerError } from '../../../base/errors.ts'
import { type Chosen, chooseModel } from '../models/choose-model.ts'
import { detectedEach, sourceOrTargetDetector } from '../models/detect-source.ts'
import type { Models } from '../models/models.ts'
import { chooseRoute } from '../models/route.ts'
import { refused } from '../requests/fields.ts'
import { deeplCode } from './codes.ts'

/** Texts of a request with the same source language. */
export interface TextsOfOneSource {
  /** The models in order; none where the texts are in the target language already: they stay as they are. */
  route: readonly Chosen[]
  /** DeepL's code of their language. */
  source: string
  /** Their indices in the request. */
  places: number[]
}

/** A pair of languages, and the language through which texts may go where no model has the pair. */
interface Pair {
  source: string
  target: string
  pivot?: string
}

/** The models of a pair of languages, in order. @throws GlassformerError ERR_INPUT in DeepL's words */
export function chooseFor(models: Models, { source, target, pivot }: Pair): Chosen[] {
  orRefused(() => chooseModel(models, { target }), 'target_lang')
  return orRefused(() => chooseRoute(models, { source, target }, pivot), 'source_lang')
}

/**
 * The texts of a request by their languages: that of `source`, or the detected language of each text. A text that does
 * not tell its language has that of all texts together.
 * @throws GlassformerError ERR_INPUT in DeepL's words
 */
export async function textsBySource(
  models: Models,
  { texts, source, target, pivot }: Partial<Pair> & { texts: readonly string[]; target: string },
): Promise<TextsOfOneSource[]> {
  if (source !== undefined) {
    const route = chooseFor(models, { source, target, pivot })
    return [{ route, source: deeplCode(route[0].source ?? source), places: [...texts.keys()] }]
  }
  const { target: into = target } = orRefused(() => chooseModel(models, { target }), 'target_lang')
  const groups = new Map<string | null | undefined, TextsOfOneSource>()
  const detect = sourceOrTargetDetector(models.list, into, pivot)
  for (const [place, found] of (await detectedEach(texts, detect)).entries()) {
    const language = found?.isTarget ? null : found?.language
    const group = groups.get(language) ?? groupOf(language)
    groups.set(language, group)
    group.places.push(place)
  }
  return [...groups.values()]

  function groupOf(language: string | null | undefined): TextsOfOneSource {
    if (language === null) return { route: [], source: deeplCode(into), places: [] }
    const route = chooseRoute(models, { target, source: language }, pivot)
    return { route, source: deeplCode(route[0].source ?? ''), places: [] }
  }
}

function orRefused<T>(choose: () => T, field: string): T {
  try {
    return choose()
  } catch (error) {
    throw error instanceof GlassformerError ? refused(`Value for '${field}' not supported.`) : error
  }
}

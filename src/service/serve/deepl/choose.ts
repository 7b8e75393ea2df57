import { setImmediate as nextTurn } from 'node:timers/promises'
import { GlassformerError } from '../../../base/errors.ts'
import { refused } from '../fields.ts'
import { type Chosen, chooseModel } from '../models/choose-model.ts'
import { type SourceOrTarget, sourceOrTargetDetector } from '../models/detect-source.ts'
import type { Models } from '../models/models.ts'
import { deeplCode } from './codes.ts'

/** Texts of a request with the same source language. */
export interface TextsOfOneSource {
  /** Null where they are in the target language already: they stay as they are. */
  chosen: Chosen | null
  /** DeepL's code of their language. */
  source: string
  /** Their indices in the request. */
  places: number[]
}

/**
 * The number of texts whose language is detected at once, a millisecond each; between such groups other requests run.
 */
const AT_ONCE = 4

/** The model of a pair of languages. @throws GlassformerError ERR_INPUT in DeepL's words */
export function chooseFor(models: Models, { source, target }: { source: string; target: string }): Chosen {
  orRefused(() => chooseModel(models, { target }), 'target_lang')
  return orRefused(() => chooseModel(models, { source, target }), 'source_lang')
}

/**
 * The texts of a request by their languages: that of `source`, or the detected language of each text. A text without a
 * detectable language has that of all such texts together.
 * @throws GlassformerError ERR_INPUT in DeepL's words
 */
export async function textsBySource(
  models: Models,
  { texts, source, target }: { texts: readonly string[]; source?: string; target: string },
): Promise<TextsOfOneSource[]> {
  if (source !== undefined) {
    const chosen = chooseFor(models, { source, target })
    return [{ chosen, source: deeplCode(chosen.source ?? source), places: [...texts.keys()] }]
  }
  const { target: into = target } = orRefused(() => chooseModel(models, { target }), 'target_lang')
  const groups = new Map<string | null | undefined, TextsOfOneSource>()
  const detect = sourceOrTargetDetector(models.list, into)
  let ofAll: SourceOrTarget
  for (const [place, text] of texts.entries()) {
    if (place % AT_ONCE === AT_ONCE - 1) await nextTurn()
    const own = detect(text)
    if (!own?.confidence) ofAll ??= detect(texts.join('\n'))
    const found = own?.confidence ? own : ofAll
    const language = found?.isTarget ? null : found?.language
    const group = groups.get(language) ?? groupOf(language)
    groups.set(language, group)
    group.places.push(place)
  }
  return [...groups.values()]

  function groupOf(language: string | null | undefined): TextsOfOneSource {
    if (language === null) return { chosen: null, source: deeplCode(into), places: [] }
    const chosen = chooseModel(models, { target, source: language })
    return { chosen, source: deeplCode(chosen.source ?? ''), places: [] }
  }
}

function orRefused(choose: () => Chosen, field: string): Chosen {
  try {
    return choose()
  } catch (error) {
    throw error instanceof GlassformerError ? refused(`Value for '${field}' not supported.`) : error
  }
}

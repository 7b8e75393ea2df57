import { GlassformerError } from '../../../base/errors.ts'
import { languageTag } from '../../../language/text/languages.ts'
import { codeIn, type LanguageSide } from './model-languages.ts'
import type { Models } from './models.ts'
import type { ServedModel } from './served-model.ts'

/** The model that a request asks for: by its name, by languages in people's words, or none. */
export interface Asked {
  model?: string
  source?: string
  target?: string
}

/** A model, and its codes for the languages of a request. */
export interface Chosen {
  model: ServedModel
  /** Codes of the model's languages; undefined where neither the request nor the model names them. */
  source?: string
  target?: string
  /** The language options of the model. */
  told: { sourceLanguage?: string; targetLanguage?: string }
}

/**
 * The model named in a request, or the first model that translates between its languages; without either, the first of
 * all models.
 * @throws GlassformerError ERR_NOT_FOUND for an unknown model, ERR_OPTION for languages that no model has
 */
export function chooseModel(models: Models, asked: Asked): Chosen {
  if (!models.list.length) throw new GlassformerError('ERR_NOT_FOUND', 'this server has no model that translates')
  const candidates = asked.model === undefined ? models.list : [models.named(asked.model)]
  for (const model of candidates) {
    const chosen = chosenOf(model, asked)
    if (chosen) return chosen
  }
  const { source, target } = asked
  const wanted = [source && `from ${shortened(source)}`, target && `into ${shortened(target)}`]
    .filter(Boolean)
    .join(' ')
  throw new GlassformerError('ERR_OPTION', `no model here translates ${wanted}: there are ${pairsInWords(candidates)}`)
}

function chosenOf(model: ServedModel, { source, target }: Asked): Chosen | null {
  const { languages } = model
  const from = source === undefined ? onlyOf(languages.source) : codeIn(languages.source, source)
  const into = target === undefined ? onlyOf(languages.target) : codeIn(languages.target, target)
  if ((source !== undefined && from === undefined) || (target !== undefined && into === undefined)) return null
  return {
    model,
    source: from,
    target: into,
    told: {
      ...(source !== undefined && languages.source?.isTold && { sourceLanguage: from }),
      ...(target !== undefined && languages.target?.isTold && { targetLanguage: into }),
    },
  }
}

const onlyOf = (side: LanguageSide | null) => (side?.codes.length === 1 ? side.codes[0] : undefined)

const shortened = (language: string) => JSON.stringify(language.slice(0, 40))

const MOST_LISTED = 20

function pairsInWords(models: readonly ServedModel[]): string {
  const side = (languages: LanguageSide | null) =>
    languages === null
      ? 'any'
      : languages.codes.length > MOST_LISTED
        ? `${languages.codes.length} languages`
        : languages.codes.join('|')
  return models
    .map(({ name, languages }) => `${name} (${side(languages.source)} → ${side(languages.target)})`)
    .join(', ')
}

/** The BCP 47 tag of a code's language, without the usual script and region: 'fr', 'zh-Hant'. */
export function plainTag(code: string): string {
  const tag = languageTag(code)
  return tag === undefined ? code : new Intl.Locale(tag).minimize().toString()
}

/** The source languages of all models, each with the target languages, by plain tags. */
export function pairsOf(models: readonly ServedModel[]): Map<string, Set<string>> {
  const pairs = new Map<string, Set<string>>()
  for (const { languages } of models)
    for (const source of languages.source?.codes ?? [])
      for (const target of languages.target?.codes ?? []) {
        const from = plainTag(source)
        const into = plainTag(target)
        if (from === into) continue
        pairs.set(from, (pairs.get(from) ?? new Set()).add(into))
      }
  return pairs
}

import { GlassformerError, shown } from '../../base/errors.ts'
import { reading } from '../../base/reading.ts'
import type { RouteModel } from '../../files/registry/route.ts'
import { PoolTranslator } from './calls/pool-translator.ts'
import type { LoadOptions, TranslateOptions } from './options/options.ts'
import { pivot } from './pivot.ts'
import type { Translation } from './translation/translation.ts'

/** The languages of a translation between them, how models are loaded, and how they translate. */
export interface BetweenOptions extends Omit<TranslateOptions, 'sourceLanguage' | 'targetLanguage'> {
  /** As people write it: fr, fra, French. */
  from: string
  to: string
  /** Options of loading each model. */
  load?: LoadOptions
}

/** Translations, and the models that made them. */
export interface Between<T> {
  translation: T
  /** The names of the models, in order: `['firefox/fr-en/tiny', 'firefox/en-de/tiny']`. */
  models: string[]
}

/**
 * Translates between two languages with the models on this machine: by one for the pair, or by one into English and one
 * out of it. Models are loaded for the call and closed after it; to keep them, load those that `models` names, and give
 * them to `pivot`.
 * @throws GlassformerError ERR_OPTION where no models here lead from one language to the other, with the command that
 * downloads them; as `Translator.load` and `translate`
 */
export function translateBetween(source: string, options: BetweenOptions): Promise<Between<Translation>>
export function translateBetween(sources: readonly string[], options: BetweenOptions): Promise<Between<Translation[]>>
export async function translateBetween(
  given: string | readonly string[],
  options: BetweenOptions,
): Promise<Between<Translation | Translation[]>> {
  if (typeof options !== 'object' || options === null)
    throw new GlassformerError('ERR_OPTION', `translateBetween takes { from, to }, not ${shown(options)}`)
  const { from, to, load, ...how } = reading('the options', () => ({ ...options }))
  for (const [name, language] of Object.entries({ from, to }))
    if (typeof language !== 'string' || language === '')
      throw new GlassformerError(
        'ERR_OPTION',
        `option '${name}' must be a language, fr for instance, not ${shown(language)}`,
      )
  const { downloadedRoute, installedRoute } = await import('../../files/registry/index.ts')
  const route = reading('the options of load', () => load?.download)
    ? await downloadedRoute(from, to)
    : installedRoute(from, to)
  const translators = await loadRoute(route, load)
  try {
    const translation = await pivot(translators, given as readonly string[], how)
    return { translation, models: route.map(({ name }) => name) }
  } finally {
    await Promise.all(translators.map((translator) => translator.close()))
  }
}

/** Loads the models of a route; none stays open where one cannot be loaded. @throws GlassformerError as `Translator.load` */
export async function loadRoute(route: readonly RouteModel[], load?: LoadOptions): Promise<PoolTranslator[]> {
  const translators: PoolTranslator[] = []
  try {
    for (const { name } of route) translators.push(await PoolTranslator.load(name, load))
    return translators
  } catch (error) {
    await Promise.all(translators.map((translator) => translator.close()))
    throw error
  }
}

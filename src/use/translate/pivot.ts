import { GlassformerError, shown } from '../../base/errors.ts'
import { PoolTranslator } from './calls/pool-translator.ts'
import type { TranslateOptions } from './options.ts'
import type { Source, Translation } from './translation.ts'

/** Options of the last translation alone; the translations before it only produce its sources. */
const ofLast = ['alternatives', 'attention', 'alignment', 'targetLanguage'] as const

/**
 * Translates through one or more intermediate languages: each translator takes the result of the previous one, for
 * example from French to English and from English to German. Options apply to each translator, except `sourceLanguage`,
 * which applies to the first, and `targetLanguage`, `alternatives`, `attention` and `alignment`, which apply to the
 * last. Scores are those of the last translation.
 * @throws GlassformerError ERR_OPTION if there are no translators, and for a glossary; as `translate`
 */
export function pivot(
  translators: readonly PoolTranslator[],
  source: string,
  options?: TranslateOptions,
): Promise<Translation>
export function pivot(
  translators: readonly PoolTranslator[],
  sources: readonly string[],
  options?: TranslateOptions,
): Promise<Translation[]>
export async function pivot(
  translators: readonly PoolTranslator[],
  given: string | readonly string[],
  options: TranslateOptions = {},
): Promise<Translation | Translation[]> {
  if (!Array.isArray(translators) || !translators.length || !translators.every(isTranslator))
    throw new GlassformerError('ERR_OPTION', `pivot takes a list of translators, not ${shown(translators)}`)
  if (options.glossary !== undefined)
    throw new GlassformerError('ERR_OPTION', "option 'glossary' cannot go through another language: translate twice")
  let sources: readonly Source[] = typeof given === 'string' ? [given] : given
  let found: Translation[] = []
  for (const [i, translator] of translators.entries()) {
    found = await translator.translate(sources, optionsOf(options, i === 0, i === translators.length - 1))
    sources = found.map(({ text }) => text)
  }
  return typeof given === 'string' ? found[0] : found
}

const isTranslator = (value: unknown): value is PoolTranslator => value instanceof PoolTranslator

function optionsOf(options: TranslateOptions, isFirst: boolean, isLast: boolean): TranslateOptions {
  const { sourceLanguage, ...own } = options
  if (!isLast) for (const name of ofLast) delete own[name]
  return isFirst && sourceLanguage !== undefined ? { ...own, sourceLanguage } : own
}

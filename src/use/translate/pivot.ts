import { GlassformerError, shown } from '../../base/errors.ts'
import { reading } from '../../base/reading.ts'
import { PoolTranslator } from './calls/pool-translator.ts'
import type { TranslateOptions } from './options/options.ts'
import { ownList, ownSources } from './translation/sources.ts'
import type { Source, Translation } from './translation/translation.ts'

/** Options of the last translation alone; the translations before it only produce its sources. */
const ofLast = ['alternatives', 'attention', 'alignment', 'targetLanguage'] as const

/**
 * Translates through one or more intermediate languages: each translator takes the result of the previous one, for
 * example from French to English and from English to German. Options apply to each translator, except `sourceLanguage`
 * and `context`, which apply to the first, and `targetLanguage`, `alternatives`, `attention` and `alignment`, which
 * apply to the last. Scores are those of the last translation.
 * @throws GlassformerError ERR_OPTION if there are no translators, and for a glossary; ERR_INPUT for what is no text and
 * no list; as `translate`
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
  const list: readonly unknown[] | null = ownList(translators, 'the translators')
  if (!list?.length || !list.every(isTranslator))
    throw new GlassformerError('ERR_OPTION', `pivot takes a list of translators, not ${shown(translators)}`)
  if (isObject(options) && reading('the options', () => options.glossary, 'ERR_OPTION') !== undefined)
    throw new GlassformerError('ERR_OPTION', "option 'glossary' cannot go through another language: translate twice")
  let sources: readonly Source[] = ownSources(given)
  let found: Translation[] = []
  for (const [i, translator] of list.entries()) {
    found = await translator.translate(sources, optionsOf(options, i === 0, i === list.length - 1))
    sources = found.map(({ text }) => text)
  }
  return typeof given === 'string' ? found[0] : found
}

const isTranslator = (value: unknown): value is PoolTranslator =>
  reading('the translators', () => value instanceof PoolTranslator, 'ERR_OPTION')

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null

function optionsOf(options: TranslateOptions, isFirst: boolean, isLast: boolean): TranslateOptions {
  if (!isObject(options)) return options // refused by `translate`
  const { sourceLanguage, context, ...own } = options
  if (!isLast) for (const name of ofLast) delete own[name]
  if (!isFirst) return own
  return { ...own, ...(sourceLanguage !== undefined && { sourceLanguage }), ...(context !== undefined && { context }) }
}

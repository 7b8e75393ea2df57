import { GlassformerError, shown } from '../../../base/errors.ts'
import type { FinishReason } from '../../../engine/decode/search/index.ts'
import type { TranslateOptions } from '../options/options.ts'
import type { TokenVocabulary } from '../sentences/token-vocabulary.ts'
import type { Alternative, SentenceAlignment, SentenceAttention, Translation } from '../translation/translation.ts'

/** Options of translating tokens: the options of the search, and the following. */
export interface TokenSearch
  extends Omit<
    TranslateOptions,
    | 'split'
    | 'format'
    | 'retranslate'
    | 'protect'
    | 'copyUnknown'
    | 'readCapitals'
    | 'glossary'
    | 'sourceLanguage'
    | 'targetLanguage'
  > {
  /** The tokens with which each translation begins, or a list for each source. Default: none. */
  targetPrefix?: readonly string[] | readonly (readonly string[])[]
}

/** One translation of a list of tokens. */
export interface TokenAlternative {
  /** The tokens without the end, but with a prefix. */
  tokens: string[]
  score: number
  /** The log-probability of each token, including that of the end. */
  tokenScores: number[]
  finishReason: FinishReason
}

/** The best translation of a list of tokens, and other results that options ask for. */
export interface TokenTranslation extends TokenAlternative {
  alternatives?: TokenAlternative[]
  attention?: SentenceAttention
  alignment?: SentenceAlignment
}

/** One list of tokens, or many. */
export type TokenSources = readonly string[] | readonly (readonly string[])[]

const isTokens = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((token) => typeof token === 'string')

/** Whether a value is the tokens of one source; an empty list is not a source. */
export const areOneSource = (given: TokenSources): given is readonly string[] => given.length > 0 && isTokens(given)

/**
 * Translates lists of tokens, as CTranslate2's translate_batch does. `translate` translates ids.
 * @throws GlassformerError ERR_INPUT, ERR_OPTION, and as `translate`
 */
export async function translateTokens(
  given: TokenSources,
  { targetPrefix, ...options }: TokenSearch,
  vocabulary: TokenVocabulary,
  translate: (sources: number[][], options: TranslateOptions) => Promise<Translation[]>,
): Promise<TokenTranslation[]> {
  const sources = ownSources(given)
  const prefixes = prefixesOf(targetPrefix, sources.length)
  const found = sources.map((): TokenTranslation => ({ tokens: [], score: 0, tokenScores: [], finishReason: 'end' }))
  const byPrefix = new Map<string, number[]>()
  prefixes.forEach((prefix, i) => {
    if (!sources[i].length) return
    const key = JSON.stringify(prefix)
    const places = byPrefix.get(key)
    if (places) places.push(i)
    else byPrefix.set(key, [i])
  })
  await Promise.all(
    [...byPrefix.values()].map(async (places) => {
      const forcedFirst = vocabulary.targetIds(prefixes[places[0]])
      const translations = await translate(
        places.map((i) => vocabulary.sourceIds(sources[i])),
        { ...options, ...(forcedFirst.length > 0 && { forcedFirst }) },
      )
      places.forEach((i, k) => {
        found[i] = tokensOf(translations[k], sources[i], vocabulary)
      })
    }),
  )
  return found
}

function ownSources(given: TokenSources): (readonly string[])[] {
  const sources = areOneSource(given) ? [given] : given
  if (Array.isArray(sources) && sources.every(isTokens)) return sources.map((tokens) => [...tokens])
  throw new GlassformerError('ERR_INPUT', `translateTokens takes a list of tokens, or many, not ${shown(given)}`)
}

function prefixesOf(given: TokenSearch['targetPrefix'], count: number): (readonly string[])[] {
  if (given === undefined || isTokens(given)) return Array.from({ length: count }, () => given ?? [])
  if (Array.isArray(given) && given.length === count && given.every(isTokens)) return [...given]
  throw new GlassformerError(
    'ERR_OPTION',
    `option 'targetPrefix' must be a list of tokens, or one for each of ${count} sources, not ${shown(given)}`,
  )
}

function tokensOf(
  { alternatives, attention, alignment, ...best }: Translation,
  source: readonly string[],
  vocabulary: TokenVocabulary,
): TokenTranslation {
  const one = (alternative: Alternative): TokenAlternative => {
    const { score, tokenScores, finishReason } = alternative
    return { tokens: vocabulary.translated(alternative, source), score, tokenScores, finishReason }
  }
  return {
    ...one(best),
    ...(alternatives && { alternatives: alternatives.map(one) }),
    ...(attention && { attention: attention[0] }),
    ...(alignment && { alignment: alignment[0] }),
  }
}

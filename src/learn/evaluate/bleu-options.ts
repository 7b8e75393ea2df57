import { GlassformerError } from '../../base/errors.ts'
import { inOptions } from '../../base/schema/place.ts'
import { defaultsOf, type Given, read, settings } from '../../base/schema/settings.ts'
import { flag, integer, oneOf, positiveUpTo } from '../../base/schema/types.ts'
import { type BleuTokenizer, bleuTokenizers } from './bleu-tokenizers.ts'
import { MOST } from './ngrams.ts'

/**
 * Smoothing: how the matches of an order that has none are counted. The names are sacreBLEU's, the methods those of
 * Chen and Cherry, "A Systematic Comparison of Smoothing Techniques for Sentence-Level BLEU" (WMT 2014,
 * https://aclanthology.org/W14-3346).
 * - 'exp' (method 3, NIST's): half a match for the first such order, a quarter for the second, and so on
 * - 'floor' (method 1): `smoothingValue` matches, 0.1 unless given
 * - 'add-k' (method 2): `smoothingValue`, 1 unless given, is added to the matches and n-grams of every order but the
 * first
 * - 'none': nothing; the score is 0
 */
export type BleuSmoothing = 'exp' | 'floor' | 'add-k' | 'none'

/** Options of BLEU; the defaults are sacreBLEU's and WMT's. */
export interface BleuOptions extends Given<typeof bleuSettings> {}

/** Checked and complete BleuOptions. */
export interface ResolvedBleuOptions extends Required<Omit<BleuOptions, 'smoothingValue'>> {
  /** The value of the smoothing method; null for methods without a value. */
  smoothingValue: number | null
}

const smoothingValues = { exp: null, floor: 0.1, 'add-k': 1, none: null } as const satisfies Record<
  BleuSmoothing,
  number | null
>

/** The settings of BLEU; `effectiveOrder` has another default for one sentence. */
export const bleuSettings = settings({
  tokenize: {
    type: oneOf(...(Object.keys(bleuTokenizers) as BleuTokenizer[])),
    default: '13a',
    flag: '--tokenize <name>',
    says: 'how BLEU cuts texts into tokens; char is for languages without spaces',
  },
  lowercase: { type: flag, default: false, flag: '--lowercase', says: 'ignores case' },
  smoothing: {
    type: oneOf(...(Object.keys(smoothingValues) as BleuSmoothing[])),
    default: 'exp',
    says: 'what stands for the matches of an order that has none: [`BleuSmoothing`](api/train.md#bleusmoothing)',
  },
  smoothingValue: {
    type: positiveUpTo(MOST),
    optional: true,
    otherwise: '0.1 for floor, 1 for add-k',
    says: 'for these two alone',
  },
  maxOrder: {
    type: integer(1, MOST),
    default: 4,
    says: 'the largest order of n-grams; it is not part of signatures',
  },
  effectiveOrder: {
    type: flag,
    default: false,
    otherwise: 'false for a corpus, true for a sentence',
    says: 'leaves out the orders for which the hypotheses are too short',
  },
})

/** @throws GlassformerError ERR_OPTION, naming the option and its allowed values */
export function resolveBleuOptions(options: BleuOptions, effectiveOrder: boolean): ResolvedBleuOptions {
  const resolved = read(bleuSettings, options, inOptions, { ...defaultsOf(bleuSettings), effectiveOrder })
  const { smoothing, smoothingValue } = resolved
  const byDefault = smoothingValues[smoothing]
  if (byDefault === null && smoothingValue !== undefined)
    throw new GlassformerError(
      'ERR_OPTION',
      `option 'smoothingValue' belongs to 'floor' and 'add-k', not to '${smoothing}'`,
    )
  return { ...resolved, smoothingValue: smoothingValue ?? byDefault }
}

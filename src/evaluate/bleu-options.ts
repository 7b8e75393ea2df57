import { checkBoolean, checkNames, checkOneOf } from '../check-options.ts'
import { GlassformerError } from '../errors.ts'
import { type BleuTokenizer, bleuTokenizers } from './bleu-tokenizers.ts'
import { checkPositive, checkWhole } from './check-number.ts'

/**
 * What stands for the matches of an order that has none. The names are sacreBLEU's, the methods those of Chen and Cherry, "A
 * Systematic Comparison of Smoothing Techniques for Sentence-Level BLEU" (WMT 2014, https://aclanthology.org/W14-3346).
 * - 'exp' (method 3, NIST's): half a match for the first such order, a quarter for the second, and so on
 * - 'floor' (method 1): `smoothingValue` matches, 0.1 unless given
 * - 'add-k' (method 2): `smoothingValue`, 1 unless given, is added to the matches and n-grams of every order but the first
 * - 'none': nothing; the score is 0
 */
export type BleuSmoothing = 'exp' | 'floor' | 'add-k' | 'none'

/** How BLEU is computed; the defaults are sacreBLEU's and WMT's. */
export interface BleuOptions {
  /** Default '13a'. */
  tokenize?: BleuTokenizer
  /** Ignores case. Default false. */
  lowercase?: boolean
  /** Default 'exp'. */
  smoothing?: BleuSmoothing
  /** For 'floor' and 'add-k'. */
  smoothingValue?: number
  /** The longest n-grams that count. Default 4; signatures do not tell it. */
  maxOrder?: number
  /** Leaves out the orders for which the hypotheses are too short. Default false for a corpus, true for one sentence. */
  effectiveOrder?: boolean
}

/** BleuOptions, checked and complete. */
export interface ResolvedBleuOptions extends Required<Omit<BleuOptions, 'smoothingValue'>> {
  /** Null for the methods that have none. */
  smoothingValue: number | null
}

const smoothingValues: Record<BleuSmoothing, number | null> = { exp: null, floor: 0.1, 'add-k': 1, none: null }

const names = ['tokenize', 'lowercase', 'smoothing', 'smoothingValue', 'maxOrder', 'effectiveOrder']

/** @throws GlassformerError ERR_OPTION, naming the option and what it may be */
export function resolveBleuOptions(options: BleuOptions, defaultEffectiveOrder: boolean): ResolvedBleuOptions {
  checkNames(options, names)
  const { tokenize = '13a', lowercase = false, smoothing = 'exp', maxOrder = 4 } = options
  const { effectiveOrder = defaultEffectiveOrder } = options
  checkOneOf('tokenize', tokenize, Object.keys(bleuTokenizers))
  checkBoolean('lowercase', lowercase)
  checkOneOf('smoothing', smoothing, Object.keys(smoothingValues))
  checkWhole('maxOrder', maxOrder, 1)
  checkBoolean('effectiveOrder', effectiveOrder)
  const { smoothingValue = smoothingValues[smoothing] } = options
  if (smoothingValues[smoothing] !== null) checkPositive('smoothingValue', smoothingValue)
  else if (smoothingValue !== null)
    throw new GlassformerError(
      'ERR_OPTION',
      `option 'smoothingValue' belongs to 'floor' and 'add-k', not to '${smoothing}'`,
    )
  return { tokenize, lowercase, smoothing, smoothingValue, maxOrder, effectiveOrder }
}

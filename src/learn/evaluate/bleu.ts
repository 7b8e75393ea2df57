import { present } from '../../base/present.ts'
import { type BleuOptions, type ResolvedBleuOptions, resolveBleuOptions } from './bleu-options.ts'
import { bleuTokenizers } from './bleu-tokenizers.ts'
import { checkCorpus, countEach, countMatches, ngramOrders, numberSymbols, rounded } from './ngrams.ts'
import { signatureOf, yesNo } from './signature.ts'

/** BLEU, and its parts. */
export interface BleuScore {
  /** 0 to 100. */
  score: number
  /** The precision of each order, in per cent, smoothed. */
  precisions: number[]
  /** The matching n-grams of each order, with the additions of add-k. */
  counts: number[]
  /** The n-grams of each order in the hypotheses, with the additions of add-k. */
  totals: number[]
  brevityPenalty: number
  /** In tokens. */
  hypothesisLength: number
  /**
   * In tokens: for each sentence the reference that is closest in length counts, and among equally close ones the
   * shorter.
   */
  referenceLength: number
  /** The settings on which the score depends, as sacreBLEU writes them. */
  signature: string
  /** The line that sacreBLEU prints. */
  text: string
}

/**
 * BLEU of a corpus: Papineni et al., "BLEU: a Method for Automatic Evaluation of Machine Translation" (ACL 2002,
 * https://aclanthology.org/P02-1040), with the numbers of sacreBLEU (Post, "A Call for Clarity in Reporting BLEU Scores", WMT
 * 2018, https://aclanthology.org/W18-6319).
 * @param references for each hypothesis the list of its references, which may differ in number; an empty text is a reference
 * @throws GlassformerError ERR_INPUT, ERR_OPTION
 */
export function corpusBleu(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  options: BleuOptions = {},
): BleuScore {
  return bleu(hypotheses, references, resolveBleuOptions(options, false))
}

/**
 * BLEU of one sentence, without the orders for which it is too short (`effectiveOrder`).
 * @throws GlassformerError ERR_INPUT, ERR_OPTION
 */
export function sentenceBleu(hypothesis: string, references: readonly string[], options: BleuOptions = {}): BleuScore {
  return bleu([hypothesis], [references], resolveBleuOptions(options, true))
}

function bleu(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  options: ResolvedBleuOptions,
): BleuScore {
  const referenceCounts = checkCorpus(hypotheses, references)
  const statistics = corpusStatistics(hypotheses, references, options)
  const { hypothesisLength, referenceLength } = statistics
  const brevityPenalty = brevityPenaltyOf(hypothesisLength, referenceLength)
  const { precisions, counts, totals, order } = smooth(statistics, options)
  const logs = precisions.slice(0, order).map(Math.log) // of 0: -Infinity, which makes the score 0
  const score = order === 0 ? 0 : brevityPenalty * Math.exp(logs.reduce((sum, log) => sum + log, 0) / order)
  const ratio = referenceLength ? hypothesisLength / referenceLength : 0
  const shown = precisions.map((precision) => rounded(precision, 1)).join('/')
  return {
    score,
    precisions,
    counts,
    totals,
    brevityPenalty,
    hypothesisLength,
    referenceLength,
    signature: signatureOf(referenceCounts, {
      case: options.lowercase ? 'lc' : 'mixed',
      eff: yesNo(options.effectiveOrder),
      tok: options.tokenize,
      smooth: smoothingName(options),
    }),
    text:
      `BLEU = ${rounded(score, 2)} ${shown} (BP = ${rounded(brevityPenalty, 3)} ratio = ${rounded(ratio, 3)}` +
      ` hyp_len = ${hypothesisLength} ref_len = ${referenceLength})`,
  }
}

/** The statistics of a corpus: counts and totals of each order. */
interface Statistics {
  counts: number[]
  totals: number[]
  hypothesisLength: number
  referenceLength: number
}

function corpusStatistics(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  { tokenize, lowercase, maxOrder }: ResolvedBleuOptions,
): Statistics {
  const tokenizer = bleuTokenizers[tokenize]
  const tokensOf = (text: string) => tokenizer(lowercase ? text.toLowerCase() : text)
  const counts = new Array<number>(maxOrder).fill(0)
  const totals = new Array<number>(maxOrder).fill(0)
  const statistics = { counts, totals, hypothesisLength: 0, referenceLength: 0 }
  hypotheses.forEach((hypothesis, i) => {
    const tokens = numberSymbols([hypothesis, ...references[i]].map(tokensOf))
    const [length, ...lengths] = tokens.sequences.map((sequence) => sequence.length)
    statistics.hypothesisLength += length
    statistics.referenceLength += closest(length, lengths)
    let n = 0
    for (const { sequences, distinct } of ngramOrders(tokens, maxOrder)) {
      const [ours, ...theirs] = sequences.map((ngrams) => countEach(ngrams, distinct))
      counts[n] += countMatches(ours, mostOfAny(theirs))
      totals[n++] += sequences[0].length
    }
  })
  return statistics
}

/**
 * The clipped counts of Papineni et al., 2.1: an n-gram matches at most as often as it occurs in the reference that has
 * it most often.
 */
function mostOfAny(counts: readonly Int32Array[]): Int32Array {
  const most = counts[0]
  for (const other of counts.slice(1)) for (let i = 0; i < most.length; i++) most[i] = Math.max(most[i], other[i])
  return most
}

const closest = (length: number, lengths: readonly number[]) =>
  lengths.reduce((best, other) => {
    const farther = Math.abs(other - length) - Math.abs(best - length)
    return farther < 0 || (farther === 0 && other < best) ? other : best
  })

function brevityPenaltyOf(hypothesisLength: number, referenceLength: number): number {
  if (hypothesisLength >= referenceLength) return 1
  return hypothesisLength > 0 ? Math.exp(1 - referenceLength / hypothesisLength) : 0
}

/**
 * Precisions and counts after smoothing, and the number of orders in the mean; 0 if nothing matches, whatever the
 * smoothing.
 */
function smooth(
  { counts, totals }: Statistics,
  { smoothing, smoothingValue, effectiveOrder, maxOrder }: ResolvedBleuOptions,
) {
  const precisions = new Array<number>(maxOrder).fill(0)
  if (!counts.some(Boolean)) return { precisions, counts, totals, order: 0 }
  const added = counts.map((_, i) => (smoothing === 'add-k' && i > 0 ? present(smoothingValue) : 0))
  const smoothed = {
    counts: counts.map((count, i) => count + added[i]),
    totals: totals.map((total, i) => total + added[i]),
  }
  const firstWithout = smoothed.totals.indexOf(0)
  const last = firstWithout < 0 ? maxOrder : firstWithout
  let part = 1
  for (let i = 0; i < last; i++) {
    const matches = smoothed.counts[i]
    if (matches > 0) precisions[i] = (100 * matches) / smoothed.totals[i]
    else if (smoothing === 'floor') precisions[i] = (100 * present(smoothingValue)) / smoothed.totals[i]
    else if (smoothing === 'exp') {
      part *= 2
      precisions[i] = 100 / (part * smoothed.totals[i])
    }
  }
  return { precisions, ...smoothed, order: effectiveOrder ? last : maxOrder }
}

const smoothingName = ({ smoothing, smoothingValue }: ResolvedBleuOptions) =>
  smoothingValue === null ? smoothing : `${smoothing}[${rounded(smoothingValue, 2)}]`

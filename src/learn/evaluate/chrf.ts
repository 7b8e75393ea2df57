import { present } from '../../base/present.ts'
import { inOptions } from '../../base/schema/place.ts'
import { type Given, read, settings } from '../../base/schema/settings.ts'
import { flag, integer } from '../../base/schema/types.ts'
import {
  checkCorpus,
  countEach,
  countMatches,
  MOST,
  ngramOrders,
  numberSymbols,
  rounded,
  splitWords,
  withoutWhiteSpace,
} from './ngrams.ts'
import { signatureOf, yesNo } from './signature.ts'

/** Options of chrF; the defaults are sacreBLEU's, and yield chrF2. */
export interface ChrfOptions extends Given<typeof chrfSettings> {}

/** The schema of chrF's settings. */
export const chrfSettings = settings({
  characterOrder: { type: integer(1, MOST), default: 6, says: 'the largest order of character n-grams' },
  wordOrder: { type: integer(0, MOST), default: 0, says: 'the largest order of word n-grams; 2 makes it chrF++' },
  beta: { type: integer(1, MOST), default: 2, says: 'recall counts beta times as much as precision' },
  lowercase: { type: flag, default: false, says: 'ignores case' },
  whiteSpace: { type: flag, default: false, says: 'white space counts as characters' },
  epsilonSmoothing: {
    type: flag,
    default: false,
    says: 'the mean of the F-scores of all orders, as chrF++.py has it',
  },
})

/** chrF, and its settings. */
export interface ChrfScore {
  /** 0 to 100. */
  score: number
  /** The settings on which the score depends, as sacreBLEU writes them. */
  signature: string
  /** The line that sacreBLEU prints. */
  text: string
}

/**
 * chrF of a corpus: Popović, "chrF: character n-gram F-score for automatic MT evaluation" (WMT 2015,
 * https://aclanthology.org/W15-3049) and "chrF++: words helping character n-grams" (WMT 2017,
 * https://aclanthology.org/W17-4770), with the numbers of sacreBLEU. For each sentence, the reference with the best
 * F-score counts, and among equal references the first.
 * @param references for each hypothesis the list of its references, which may differ in number; an empty text is a
 * reference
 * @throws GlassformerError ERR_INPUT, ERR_OPTION
 */
export function corpusChrf(
  hypotheses: readonly string[],
  references: readonly (readonly string[])[],
  options: ChrfOptions = {},
): ChrfScore {
  const resolved = read(chrfSettings, options, inOptions)
  const referenceCounts = checkCorpus(hypotheses, references)
  const sum = hypotheses.map((hypothesis, i) => bestStatistics(hypothesis, references[i], resolved)).reduce(plus)
  const score = fScore(sum, resolved)
  const { beta, wordOrder, characterOrder, lowercase, whiteSpace, epsilonSmoothing } = resolved
  return {
    score,
    signature: signatureOf(referenceCounts, {
      case: lowercase ? 'lc' : 'mixed',
      eff: yesNo(!epsilonSmoothing),
      nc: characterOrder,
      nw: wordOrder,
      space: yesNo(whiteSpace),
    }),
    text: `chrF${beta}${'+'.repeat(wordOrder)} = ${rounded(score, 2)}`,
  }
}

/**
 * chrF of one sentence.
 * @throws GlassformerError ERR_INPUT, ERR_OPTION
 */
export const sentenceChrf = (hypothesis: string, references: readonly string[], options?: ChrfOptions): ChrfScore =>
  corpusChrf([hypothesis], [references], options)

/** Counts of one order of n-grams, characters before words. */
interface OrderStatistics {
  /** N-grams of the hypothesis; 0 if the reference has none of this order. */
  hypothesis: number
  reference: number
  matches: number
}

const plus = (a: OrderStatistics[], b: OrderStatistics[]) =>
  a.map(({ hypothesis, reference, matches }, i) => ({
    hypothesis: hypothesis + b[i].hypothesis,
    reference: reference + b[i].reference,
    matches: matches + b[i].matches,
  }))

function bestStatistics(
  hypothesis: string,
  references: readonly string[],
  options: Required<ChrfOptions>,
): OrderStatistics[] {
  const { characterOrder, wordOrder, lowercase, whiteSpace } = options
  const texts = [hypothesis, ...references].map((text) => (lowercase ? text.toLowerCase() : text))
  const characters = texts.map((text) => Array.from(whiteSpace ? text : withoutWhiteSpace(text))) // code points
  const ofCharacters = statisticsOf(characters, characterOrder)
  const ofWords = wordOrder ? statisticsOf(texts.map(words), wordOrder) : references.map(() => [])
  let best: OrderStatistics[] = []
  let bestScore = -1
  references.forEach((_, r) => {
    const statistics = [...ofCharacters[r], ...ofWords[r]]
    const score = references.length > 1 ? fScore(statistics, options) : 0
    if (score > bestScore) [best, bestScore] = [statistics, score]
  })
  return best
}

/** The counts of each order, for each reference: the first sequence is the hypothesis. */
function statisticsOf(sequences: readonly (readonly string[])[], most: number): OrderStatistics[][] {
  const statistics: OrderStatistics[][] = sequences.slice(1).map(() => [])
  for (const { sequences: orders, distinct } of ngramOrders(numberSymbols(sequences), most)) {
    const [ours, ...theirs] = orders.map((ngrams) => countEach(ngrams, distinct))
    theirs.forEach((counts, r) => {
      const reference = orders[r + 1].length
      const hypothesis = reference ? orders[0].length : 0
      statistics[r].push({ hypothesis, reference, matches: countMatches(ours, counts) })
    })
  }
  return statistics
}

const PUNCTUATION = new Set('!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~')

/**
 * Words as chrF++.py tokenizes them: one punctuation mark is split off the end, or else off the beginning. '(hi)'
 * becomes '(hi' and ')'.
 */
function words(text: string): string[] {
  return splitWords(text).flatMap((word) => {
    if (word.length === 1) return word
    if (PUNCTUATION.has(present(word.at(-1)))) return [word.slice(0, -1), present(word.at(-1))]
    return PUNCTUATION.has(word[0]) ? [word[0], word.slice(1)] : word
  })
}

const EPSILON = 1e-16

/** The F-score of precision and recall, in per cent. */
function fScore(statistics: readonly OrderStatistics[], { beta, epsilonSmoothing }: Required<ChrfOptions>): number {
  const factor = beta ** 2
  const f = (precision: number, recall: number) => ((1 + factor) * precision * recall) / (factor * precision + recall)
  if (epsilonSmoothing) {
    const sum = statistics.reduce((sum, { hypothesis, reference, matches }) => {
      const precision = hypothesis ? matches / hypothesis : EPSILON
      const recall = reference ? matches / reference : EPSILON
      return sum + (precision + recall > 0 ? f(precision, recall) : EPSILON)
    }, 0)
    return (100 * sum) / statistics.length
  }
  const both = statistics.filter(({ hypothesis }) => hypothesis > 0)
  const precision = both.reduce((sum, { matches, hypothesis }) => sum + matches / hypothesis, 0) / both.length
  const recall = both.reduce((sum, { matches, reference }) => sum + matches / reference, 0) / both.length
  return both.length && precision + recall > 0 ? 100 * f(precision, recall) : 0
}

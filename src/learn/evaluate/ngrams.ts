import { GlassformerError } from '../../base/errors.ts'
import { LONGEST_TEXT } from '../../base/limits.ts'
import { reading } from '../../base/reading.ts'
import { counted, whole } from '../../base/values/number-text.ts'

/**
 * White space as Python's str.split() defines it, on which scores are based. JavaScript's \s lacks U+001C to U+001F and U+0085, and has
 * U+FEFF.
 */
const CLASS = '[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]'
const run = new RegExp(`${CLASS}+`)
const runs = new RegExp(`${CLASS}+`, 'g')
const one = new RegExp(CLASS)

/** The parts of a text between white space; none of them is empty. */
export const splitWords = (text: string): string[] => text.split(run).filter((word) => word !== '')

export const withoutWhiteSpace = (text: string): string => text.replace(runs, '')

/** Removes white space from the end. (A pattern `\s+$` would take quadratic time over long runs elsewhere.) */
export function trimEnd(text: string): string {
  let end = text.length
  while (end > 0 && one.test(text[end - 1])) end--
  return text.slice(0, end)
}

/** Upper bound of orders, weights and smoothing values: a larger number is probably a typing mistake. */
export const MOST = 100

/**
 * A number with `digits` digits after the decimal point (0 to 3), as Python and C print it: a tie is rounded to the
 * even digit, whereas toFixed rounds up. Percentages of small counts are often ties: 1 of 16 is 6.25, shown as 6.2.
 */
export function rounded(value: number, digits: number): string {
  // Only a multiple of 1 / 2^(digits + 1) can be a tie, and for such a number this product is exact.
  const halves = value * 2 * 10 ** digits
  if (!Number.isInteger(value * 2 ** (digits + 1)) || halves % 2 !== 1) return value.toFixed(digits)
  const below = (halves - 1) / 2
  return ((below % 2 === 0 ? below : below + 1) / 10 ** digits).toFixed(digits)
}

const refuse = (what: string): never => {
  throw new GlassformerError('ERR_INPUT', what)
}

/** Checks lengths, because the n-grams of a text of millions of words would fill the memory. */
function checkLengths(texts: readonly string[], what: string): void {
  const i = texts.findIndex(({ length }) => length > LONGEST_TEXT)
  if (i >= 0)
    throw new GlassformerError(
      'ERR_INPUT_TOO_LONG',
      `${what}[${i}] has ${counted(texts[i].length, 'character')}, where one may have ${whole(LONGEST_TEXT)}: score its sentences`,
    )
}

const isTexts = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.findIndex((text) => typeof text !== 'string') < 0 // sees holes too

/**
 * Checks that every hypothesis has at least one reference.
 * @returns the different numbers of references that hypotheses have
 * @throws GlassformerError ERR_INPUT, naming the first sentence that is wrong
 */
export function checkCorpus(hypotheses: readonly string[], references: readonly (readonly string[])[]): Set<number> {
  return reading(
    'hypotheses and references',
    () => {
      if (!isTexts(hypotheses)) refuse('hypotheses must be a list of texts')
      if (!Array.isArray(references))
        refuse('references must be a list: for each hypothesis the list of its references')
      if (hypotheses.length !== references.length)
        refuse(
          `${hypotheses.length} hypotheses, but references for ${references.length}: references[i] must be the list of all references of hypotheses[i]`,
        )
      if (hypotheses.length === 0) refuse('there is no sentence to score')
      checkLengths(hypotheses, 'hypotheses')
      for (const [i, list] of references.entries()) {
        if (!isTexts(list)) refuse(`references[${i}] must be a list of texts, the references of hypotheses[${i}]`)
        if (list.length === 0) refuse(`references[${i}] is empty: hypotheses[${i}] has nothing to be compared with`)
        checkLengths(list, `references[${i}]`)
      }
      return new Set(references.map(({ length }) => length))
    },
    'ERR_INPUT',
  )
}

/** Sequences whose symbols (words, characters) are numbers from 0: equal symbols have equal numbers. */
export interface NumberedSequences {
  sequences: Int32Array[]
  /** The number of different symbols. */
  distinct: number
}

export function numberSymbols(sequences: readonly (readonly string[])[]): NumberedSequences {
  const numbers = new Map<string, number>()
  const numberOf = (symbol: string) => {
    let number = numbers.get(symbol)
    if (number === undefined) {
      number = numbers.size
      numbers.set(symbol, number)
    }
    return number
  }
  return { sequences: sequences.map((symbols) => Int32Array.from(symbols, numberOf)), distinct: numbers.size }
}

/**
 * The n-grams of every order from 1 to `most`, numbered as symbols are: entry i of a sequence is the n-gram that begins
 * at symbol i. An n-gram is the pair of its first n-1 symbols, which are numbered as an n-gram of the previous order,
 * and its last symbol; so the work does not grow with n, and no text is cut or joined.
 */
export function* ngramOrders(symbols: NumberedSequences, most: number): Generator<NumberedSequences, void, undefined> {
  let shorter = symbols
  for (let n = 1; n <= most; n++) {
    if (n > 1) shorter = longerByOne(shorter, symbols, n)
    yield shorter
  }
}

function longerByOne(shorter: NumberedSequences, symbols: NumberedSequences, n: number): NumberedSequences {
  const numbers = new Map<number, number>()
  const sequences = symbols.sequences.map((last, s) => {
    const first = shorter.sequences[s]
    const ngrams = new Int32Array(Math.max(0, last.length - n + 1))
    for (let i = 0; i < ngrams.length; i++) {
      const pair = first[i] * symbols.distinct + last[i + n - 1]
      let number = numbers.get(pair)
      if (number === undefined) {
        number = numbers.size
        numbers.set(pair, number)
      }
      ngrams[i] = number
    }
    return ngrams
  })
  return { sequences, distinct: numbers.size }
}

/** The number of occurrences of each n-gram in one sequence: [distinct]. */
export function countEach(ngrams: Int32Array, distinct: number): Int32Array {
  const counts = new Int32Array(distinct)
  for (const ngram of ngrams) counts[ngram]++
  return counts
}

/**
 * The number of n-grams that two texts have in common. An n-gram that occurs several times counts as often as both
 * texts have it.
 */
export function countMatches(counts: Int32Array, others: Int32Array): number {
  let matches = 0
  for (let i = 0; i < counts.length; i++) matches += Math.min(counts[i], others[i])
  return matches
}

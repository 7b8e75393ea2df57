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

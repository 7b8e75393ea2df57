/** A text and its translation. */
export interface Pair {
  source: string
  target: string
  /** Whether the source is rows of real numbers, as JSON. */
  ofRows?: true
}

/** Statistics of the last pass over a corpus; they grow during the pass. */
export interface CorpusReport {
  lines: number
  pairs: number
  /**
   * The number of lines that hold no pair and are skipped: lines without a TAB, that are not JSON, without the keys, or with half a
   * character.
   */
  malformed: number
  /** The first ten malformed lines. */
  firstMalformed: { line: number; why: string }[]
  /** Files of translators have units in place of lines: `lines` counts these. */
  unit?: 'unit'
  /** With units: whether `line` is the number of a unit; otherwise it is the line on which a unit begins. */
  isNumbered?: boolean
}

/** Sentence pairs in files: every `for await` reads them again from the beginning, in bounded memory. */
export interface Corpus extends AsyncIterable<Pair> {
  readonly report: CorpusReport
}

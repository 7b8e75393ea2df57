import { GlassformerError } from '../../../base/errors.ts'
import { present } from '../../../base/present.ts'
import { whole } from '../../../base/values/number-text.ts'
import { readRows, rowsIn } from '../../../language/text/rows-text.ts'
import { type CorpusSpec, openCorpus, type Pair } from './corpus.ts'
import { FingerprintSet, fingerprint } from './fingerprint.ts'

/** Statistics of cleaning in the last pass. Every pair that was read counts as kept or under one reason. */
export interface CleaningReport {
  read: number
  kept: number
  /** Pairs with a side that was empty or only white space. */
  empty: number
  /** Pairs with a side of more than 1000 characters, in UTF-16 units. */
  tooLong: number
  /** Pairs with a side of more than 4 times the characters of the other side plus 20. */
  unequal: number
  duplicate: number
  /** Pairs that were kept although both sides are the same: names, say, or sentences that nobody has translated. */
  equal?: number
  /**
   * Pairs that were kept without being remembered, because the memory for duplicates was full. Repetitions of these
   * pairs are not found.
   */
  notRemembered: number
}

/** Reasons for dropping pairs, in words. */
export const faults = {
  empty: 'with an empty side',
  tooLong: 'too long',
  unequal: 'lengths too unequal',
  duplicate: 'there before',
} as const satisfies Partial<Record<keyof CleaningReport, string>>

/** The numbers of dropped pairs in words, '3 too long, 9 there before'; '' if no pair was dropped. */
export const droppedText = (report: CleaningReport): string =>
  (Object.keys(faults) as (keyof typeof faults)[])
    .filter((fault) => report[fault] > 0)
    .map((fault) => `${whole(report[fault])} ${faults[fault]}`)
    .join(', ')

/** The largest number of characters of a side. Batches have a limit in tokens too. */
const LONGEST = 1000
const RATIO = 4
/** The difference in length that is always allowed, because the lengths of short sentences vary. */
const ALLOWED = 20
/** The memory for pairs that have been read: four million pairs of 16 bytes. */
const DUPLICATE_BYTES = 64 << 20

/** White space other than single spaces between words. */
const UNTIDY = /[^\S ]| {2}|^ | $/

const emptyReport = (): CleaningReport => ({
  read: 0,
  kept: 0,
  empty: 0,
  tooLong: 0,
  unequal: 0,
  duplicate: 0,
  notRemembered: 0,
})

/**
 * Filters out faulty pairs, and normalizes the others: both sides in NFC, white space trimmed and collapsed. The result
 * can be iterated as often as `pairs`. Every pass begins anew, and throws ERR_INPUT at its end if there were pairs and
 * none is left.
 */
export class CleanPairs implements AsyncIterable<Pair> {
  readonly #pairs: AsyncIterable<Pair>
  readonly #duplicateBytes: number
  readonly #areTexts: boolean
  readonly #rowWidth: number | undefined
  report = emptyReport()

  /**
   * `areTexts`: source and target are one text, or a sound and what is said, whose white space and length are left as they are, as those of
   * sources are that are rows of `rowWidth` real numbers.
   */
  constructor(
    pairs: AsyncIterable<Pair>,
    { duplicateBytes = DUPLICATE_BYTES, areTexts = false, rowWidth }: CleaningOptions = {},
  ) {
    this.#pairs = pairs
    this.#areTexts = areTexts
    this.#rowWidth = rowWidth
    this.#duplicateBytes = duplicateBytes
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Pair, void, undefined> {
    const report = emptyReport()
    this.report = report
    const seen = new FingerprintSet(this.#duplicateBytes)
    for await (const pair of this.#pairs) {
      report.read++
      const ofRows = this.#isOfRows(pair)
      const isText = this.#areTexts || ofRows
      const { source, target } = isText ? normalized(pair) : cleaned(pair)
      const fault = isText ? (target.trim() === '' ? 'empty' : null) : faultOf(source, target)
      if (fault !== null) {
        report[fault]++
        continue
      }
      const memory = seen.add(fingerprint(0, source, target))
      if (memory === 'seen') {
        report.duplicate++
        continue
      }
      if (memory === 'full') report.notRemembered++
      if (!isText && source === target) report.equal = (report.equal ?? 0) + 1
      report.kept++
      yield ofRows ? { source, target, ofRows: true } : { source, target }
    }
    if (report.read > 0 && report.kept === 0)
      throw new GlassformerError(
        'ERR_INPUT',
        `cleaning leaves none of the pairs (${droppedText(report)}): are these the right files, columns or keys?`,
      )
  }

  /** @throws GlassformerError ERR_INPUT for rows that the model does not take */
  #isOfRows({ source }: Pair): boolean {
    const rows = this.#rowWidth === undefined ? null : rowsIn(source)
    if (rows) readRows(rows.rows, present(this.#rowWidth))
    return rows !== null
  }
}

interface CleaningOptions {
  duplicateBytes?: number
  areTexts?: boolean
  rowWidth?: number
}

/** The clean pairs of a corpus, or its texts; with `rowWidth` sources may be rows of so many real numbers. */
export const cleanCorpus = (
  spec: CorpusSpec,
  { rowWidth, corpus = openCorpus(spec) }: { rowWidth?: number; corpus?: AsyncIterable<Pair> } = {},
): CleanPairs => new CleanPairs(corpus, { areTexts: spec.format === 'text' || spec.format === 'audio', rowWidth })

const cleaned = ({ source, target }: Pair): Pair => ({ source: clean(source), target: clean(target) })

const normalized = ({ source, target }: Pair): Pair => ({
  source: source.normalize('NFC'),
  target: target.normalize('NFC'),
})

function clean(text: string): string {
  const normal = text.normalize('NFC')
  return UNTIDY.test(normal) ? normal.replace(/\s+/g, ' ').trim() : normal
}

function faultOf(source: string, target: string): Exclude<keyof typeof faults, 'duplicate'> | null {
  const longer = Math.max(source.length, target.length)
  const shorter = Math.min(source.length, target.length)
  if (shorter === 0) return 'empty'
  if (longer > LONGEST) return 'tooLong'
  return longer > RATIO * shorter + ALLOWED ? 'unequal' : null
}

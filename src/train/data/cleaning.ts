import { GlassformerError } from '../../errors.ts'
import type { Pair } from './corpus.ts'
import { FingerprintSet, fingerprint } from './fingerprint.ts'

export interface CleaningRules {
  /** Unicode normal form of both sides; default NFC. 'none' leaves them as they are. */
  normalForm?: 'NFC' | 'NFKC' | 'none'
  /** Characters (UTF-16 units) of the longest side; default 1000. Batches have a limit in tokens beside. */
  longest?: number
  /** The longer side may have so many times the characters of the shorter, and 20 more; default 4. Infinity: any. */
  lengthRatio?: number
  /** Drop a pair that was there before, both sides equal; default true. */
  dropDuplicates?: boolean
  /** Memory for remembering pairs, 16 bytes each; default 64 MiB, which remembers four million. */
  duplicateBytes?: number
}

/** What cleaning has done in the last pass. Every pair that was read is counted as kept or under one reason. */
export interface CleaningReport {
  read: number
  kept: number
  /** A side was empty, or white space alone. */
  empty: number
  tooLong: number
  /** Dropped by the length ratio. */
  unequal: number
  duplicate: number
  /** Kept without being remembered, as the memory for duplicates was full: repetitions of these go unseen. */
  notRemembered: number
}

/** Why pairs are dropped, in words. */
export const faults = {
  empty: 'with an empty side',
  tooLong: 'too long',
  unequal: 'lengths too unequal',
  duplicate: 'there before',
} as const satisfies Partial<Record<keyof CleaningReport, string>>

/** Short sentences differ in length for no reason: so much difference is always allowed. */
const ALLOWED = 20

/** White space that is not single spaces between words. */
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
 * Pairs with both sides normalised and their white space made single spaces and trimmed, less those that a rule drops. It can
 * be iterated as often as `pairs`; every pass begins anew. Throws ERR_OPTION.
 */
export function cleaned(pairs: AsyncIterable<Pair>, rules: CleaningRules = {}): CleanPairs {
  return new CleanPairs(pairs, rules)
}

export class CleanPairs implements AsyncIterable<Pair> {
  readonly #pairs: AsyncIterable<Pair>
  readonly #rules: Required<CleaningRules>
  report = emptyReport()

  constructor(pairs: AsyncIterable<Pair>, rules: CleaningRules) {
    this.#pairs = pairs
    this.#rules = {
      normalForm: 'NFC',
      longest: 1000,
      lengthRatio: 4,
      dropDuplicates: true,
      duplicateBytes: 64 << 20,
      ...rules,
    }
    const { normalForm, longest, lengthRatio, duplicateBytes } = this.#rules
    const refuse = (what: string) => new GlassformerError('ERR_OPTION', what)
    if (!['NFC', 'NFKC', 'none'].includes(normalForm))
      throw refuse(`normalForm: ${JSON.stringify(normalForm)} is none of "NFC", "NFKC" and "none"`)
    if (!(longest >= 1)) throw refuse(`longest: at least 1 character was expected, not ${longest}`)
    if (!(lengthRatio >= 1)) throw refuse(`lengthRatio: at least 1 was expected, not ${lengthRatio}`)
    if (!(duplicateBytes >= 0 && duplicateBytes <= 2 ** 31))
      throw refuse(`duplicateBytes: 0 to 2^31 bytes were expected, not ${duplicateBytes}`)
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Pair, void, undefined> {
    const { dropDuplicates, duplicateBytes } = this.#rules
    const report = emptyReport()
    this.report = report
    const seen = dropDuplicates ? new FingerprintSet(duplicateBytes) : null
    for await (const pair of this.#pairs) {
      report.read++
      const source = this.#clean(pair.source)
      const target = this.#clean(pair.target)
      const fault = this.#fault(source, target)
      if (fault !== null) {
        report[fault]++
        continue
      }
      const memory = seen?.add(fingerprint(0, source, target))
      if (memory === 'seen') {
        report.duplicate++
        continue
      }
      if (memory === 'full') report.notRemembered++
      report.kept++
      yield { source, target }
    }
  }

  #clean(text: string): string {
    const { normalForm } = this.#rules
    const normal = normalForm === 'none' ? text : text.normalize(normalForm)
    return UNTIDY.test(normal) ? normal.replace(/\s+/g, ' ').trim() : normal
  }

  #fault(source: string, target: string): Exclude<keyof typeof faults, 'duplicate'> | null {
    const { longest, lengthRatio } = this.#rules
    const longer = Math.max(source.length, target.length)
    const shorter = Math.min(source.length, target.length)
    if (shorter === 0) return 'empty'
    if (longer > longest) return 'tooLong'
    return longer > lengthRatio * shorter + ALLOWED ? 'unequal' : null
  }
}

import type { Matrix } from '../../backend/interface/backend.ts'
import { bestOf } from '../../backend/js/functions/best-of.ts'
import { logSoftmax, logSumExp } from '../hypotheses/log-softmax.ts'
import { ScoreEdits } from '../processors/score-edits.ts'
import { HypothesisStanding, type ProcessorChain } from '../search/processor-chain.ts'
import type { Rules } from '../search/rules.ts'
import type { Candidates, Search } from '../search/search.ts'

/** Largest number of logits of one run: 64 MiB. */
const MOST_LOGITS = 1 << 24

/** The logits of one step, [R, vocabulary], and what processors and searches make of them. */
export class LogitsStep {
  logits = new Float32Array(0)
  readonly #vocabulary: number
  /** The id of each column. */
  readonly #ids: Int32Array
  readonly #edits = new ScoreEdits()

  constructor(vocabulary: number) {
    this.#vocabulary = vocabulary
    this.#ids = Int32Array.from({ length: vocabulary }, (_, id) => id)
  }

  /** The number of rows that one run may have. */
  get most(): number {
    return Math.max(1, Math.floor(MOST_LOGITS / this.#vocabulary))
  }

  /** Makes room for the logits of this many rows. */
  reserve(rows: number): void {
    const length = rows * this.#vocabulary
    if (this.logits.length < length) this.logits = new Float32Array(Math.max(length, 2 * this.logits.length))
  }

  /** The logits of one row, [vocabulary]. */
  row(row: number): Float32Array {
    return this.logits.subarray(row * this.#vocabulary, (row + 1) * this.#vocabulary)
  }

  /**
   * The candidates for the live hypotheses of one sentence, whose logits begin at row `first`. Rows of the candidates
   * count from 0.
   */
  candidates(rules: Rules, chain: ProcessorChain, { live, width }: Search, first: number): Candidates {
    const size = this.#vocabulary
    const { beams, sample } = rules.options
    const rows = live.map((_, r) => this.logits.subarray((first + r) * size, (first + r + 1) * size))
    rows.forEach((row, r) => {
      if (beams > 1) logSoftmax(row)
      chain.rescore(new HypothesisStanding(live[r]), row)
      if (!rules.terms) return
      this.#edits.scores = row
      rules.terms.edit(live[r], this.#edits)
    })
    if (sample) return { perRow: size, scores: this.logits.subarray(first * size), ids: this.#ids }
    const perRow = Math.min(width, size)
    const scores = new Float32Array(live.length * perRow)
    const ids = new Int32Array(live.length * perRow)
    rows.forEach((row, r) => {
      const norm = beams > 1 ? 0 : logSumExp(row)
      const best = { scores: column(scores), ids: column(ids), at: r * perRow }
      bestOf({ ...column(row), rows: 1, width: size }, 0, norm, perRow, best)
    })
    return { perRow, scores, ids }
  }
}

const column = (data: Float32Array | Int32Array): Matrix => ({
  data,
  offset: 0,
  stride: 1,
  rows: data.length,
  width: 1,
})

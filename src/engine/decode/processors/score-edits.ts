import type { RowEdits } from './processor.ts'

/** The largest number of float32: a score that is raised beyond it would make NaN of the others when they are normalized. */
const LARGEST = (2 - 2 ** -23) * 2 ** 127

/** Applies edits to scores in memory, as the op `candidates` applies them while it computes the scores. */
export class ScoreEdits implements RowEdits {
  scores: Float32Array = new Float32Array(0)

  set(id: number, value: number): void {
    this.scores[id] = value
  }

  penalize(id: number, value: number): void {
    const score = this.scores[id]
    this.scores[id] = score < 0 ? score * value : score / value
  }

  add(id: number, value: number): void {
    if (this.scores[id] > -Infinity) this.scores[id] += value
  }

  raise(id: number, value: number): void {
    if (this.scores[id] > -Infinity)
      this.scores[id] = Math.min(LARGEST, this.scores[id] + value * Math.abs(this.scores[id]))
  }
}

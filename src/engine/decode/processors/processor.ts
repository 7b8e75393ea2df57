/**
 * Where a hypothesis stands when its next token is chosen: what every logits processor may look at. Lengths count tokens behind the start.
 */
export interface Standing {
  /** Every token from the start on, a prompt included. A start that is a zero vector is left out. */
  readonly history: readonly number[]
  /** The number of generated tokens. */
  readonly generated: number
}

/** Edits of single scores of one row, in their order; see `edits` of the op `candidates`. */
export interface RowEdits {
  set(id: number, value: number): void
  penalize(id: number, value: number): void
  add(id: number, value: number): void
  raise(id: number, value: number): void
}

/** A logits processor that changes few scores. It says which, and an op or `ScoreEdits` changes them. */
export type Editing = (standing: Standing, edits: RowEdits) => void

/** A logits processor that may change every score of a row [vocabulary], in place. */
export type Rescoring = (scores: Float32Array, standing: Standing) => void

/** A processor of a chain. */
export type Processor = { edit: Editing } | { rescore: Rescoring }

/** Whether a history ends with all ids of a sequence except its last. The start counts, as in transformers 5.24 and not in 4. */
export function endsWithStartOf(sequence: readonly number[], { history }: Standing): boolean {
  const n = sequence.length - 1
  if (history.length < n) return false
  for (let j = 0; j < n; j++) if (history[history.length - n + j] !== sequence[j]) return false
  return true
}

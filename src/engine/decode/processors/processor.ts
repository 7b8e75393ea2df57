/**
 * The state of a hypothesis when its next token is chosen, as every logits processor may read it. Lengths count tokens
 * after the start.
 */
export interface Standing {
  /** All tokens from the start on, a prompt included. A start that is a zero vector is left out. */
  readonly history: readonly number[]
  /** The number of generated tokens. */
  readonly generated: number
}

/** Edits of single scores of one row, in order; see `edits` of the op `candidates`. */
export interface RowEdits {
  set(id: number, value: number): void
  penalize(id: number, value: number): void
  add(id: number, value: number): void
  raise(id: number, value: number): void
}

/** A logits processor that changes few scores. It lists its edits, and an op or `ScoreEdits` applies them. */
export type Editing = (standing: Standing, edits: RowEdits) => void

/** A logits processor that may change every score of a row [vocabulary], in place. */
export type Rescoring = (scores: Float32Array, standing: Standing) => void

/** A processor of a chain, of either kind. */
export type Processor = { edit: Editing } | { rescore: Rescoring }

/**
 * Whether a history ends with all ids of a sequence except its last. The start counts, as in transformers 5.24 but not
 * in 4.
 */
export function endsWithStartOf(sequence: readonly number[], { history }: Standing): boolean {
  const n = sequence.length - 1
  if (history.length < n) return false
  for (let j = 0; j < n; j++) if (history[history.length - n + j] !== sequence[j]) return false
  return true
}

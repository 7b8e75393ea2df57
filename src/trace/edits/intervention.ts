/**
 * The values that stand in for a tensor's own: zeros; the mean of its rows; or Gaussian noise with the mean and the
 * standard deviation of all its values.
 */
export const substitutes = ['zero', 'mean', 'noise'] as const
export type Substitute = (typeof substitutes)[number]

/** A change to the model's computation. */
export type Intervention =
  /** The output of a head is replaced by zeros, in every program: 'decoder.1.crossAttention', head 2. */
  | { kind: 'headOff'; attention: string; head: number }
  /**
   * Rows of a computed tensor are replaced by given values, row by row; by default all rows (activation patching),
   * during the search too. There a row of the decoder is the token at that position of every hypothesis.
   */
  | { kind: 'replace'; tensor: string; rows?: readonly number[]; values: Float32Array | readonly number[] }
  /** Rows of a computed tensor, by default all, are replaced by zeros, by the mean of its rows, or by Gaussian noise. */
  | { kind: 'ablate'; tensor: string; rows?: readonly number[]; with?: Substitute; seed?: number }
  /**
   * A function is called with a computed tensor wherever a program has computed it, and may change its values in place
   * or return others. The program stops for it, and a worker thread waits for it: this is slow.
   */
  | { kind: 'apply'; tensor: string; apply: TensorFunction }
  /** The token at a step, from 0: earlier tokens stay as they were, and the search continues from there. */
  | { kind: 'force'; step: number; token: string | number }

/** A function of a tensor's values; it changes them in place, or returns as many others. */
export type TensorFunction = (values: TensorValues) => Float32Array | readonly number[] | undefined

/** A tensor to ablate; see the intervention of that kind. */
export type Ablation = Omit<Intervention & { kind: 'ablate' }, 'kind'>

/** The values that a function of a tensor is called with, and may change in place. */
export interface TensorValues {
  name: string
  /** [rows, width]. */
  shape: [number, number]
  values: Float32Array
  /** The position of each row's token in its sentence, from 0. During a search, rows are hypotheses. */
  positions: Int32Array
}

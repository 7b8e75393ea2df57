/** The weights that a training changes, of a model or of an adapter, in one array. */
export interface Trainable {
  readonly values: Float32Array
  /** Its matrices; a vector is one row. */
  readonly parameters: readonly { name: string; rows: number; width: number }[]
  /** Where a matrix begins. */
  place(name: string): { offset: number }
}

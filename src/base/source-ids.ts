/** In the ids of a source: a row of real numbers stands here, and no token. */
export const ROW = -1

/** The ids of a source. Where some are `ROW`, `rows` has the numbers of these rows, end to end. */
export interface SourceIds extends ReadonlyArray<number> {
  readonly rows?: Float32Array
}

/** Source ids with the numbers of their rows. */
export const withRows = (ids: readonly number[], rows: Float32Array): SourceIds => Object.assign([...ids], { rows })

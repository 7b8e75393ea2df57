/** In the ids of a source: a row of real numbers stands here, and no token. */
export const ROW = -1

/** The ids of a source. Where some are `ROW`, `rows` has the numbers of these rows, end to end. */
export interface SourceIds extends ReadonlyArray<number> {
  readonly rows?: Float32Array
  /** The column of each patch of a picture, whose row is its id; all of them have numbers in `rows`. */
  readonly columns?: Int32Array
}

/** The places of rows of real numbers among ids. */
export const rowPlaces = (ids: SourceIds): number[] =>
  ids.flatMap((id, place) => (id === ROW || ids.columns ? [place] : []))

/** Source ids with the numbers of their rows. */
export const withRows = (ids: readonly number[], rows: Float32Array, columns?: Int32Array): SourceIds =>
  Object.assign([...ids], { rows, ...(columns && { columns }) })

/** Each kind of positions, and whether it adds a position to each embedding. */
export const addsToEmbeddings = {
  interleaved: true,
  halves: true,
  timingSignal: true,
  learned: true,
  relative: false,
  buckets: false,
  rotary: false,
  none: false,
} as const

/** The name of a kind of positions. */
export type PositionKindName = keyof typeof addsToEmbeddings

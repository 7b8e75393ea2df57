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

/** The variants of position encodings by sinusoids; `Positions` has their formulas. */
export const sinusoidKinds = ['interleaved', 'halves', 'timingSignal'] as const
export type SinusoidKind = (typeof sinusoidKinds)[number]

/** Radians for each position of the sines of a row of `width`. */
function rates(kind: SinusoidKind, width: number): Float64Array {
  const half = kind === 'halves' ? Math.ceil(width / 2) : Math.floor(width / 2)
  return Float64Array.from({ length: half }, (_, i) =>
    kind === 'timingSignal' ? Math.exp((-i * Math.log(10000)) / Math.max(half - 1, 1)) : 10000 ** ((-2 * i) / width),
  )
}

/** The encoding of position p by sinusoids, written to `into` [width]; the last sine of an odd width has no cosine. */
function writeRow(kind: SinusoidKind, p: number, rates: Float64Array, into: Float32Array): void {
  const interleaved = kind === 'interleaved'
  for (let i = 0; i < rates.length; i++) into[interleaved ? 2 * i : i] = Math.sin(p * rates[i])
  const cosines = Math.floor(into.length / 2)
  for (let i = 0; i < cosines; i++) into[interleaved ? 2 * i + 1 : rates.length + i] = Math.cos(p * rates[i])
}

/** Fills `table` [positions, width] with the sinusoids of positions `first`, first + 1, …; rows before are left as they are. */
export function writeSinusoids(kind: SinusoidKind, table: Float32Array, width: number, first = 0): void {
  const ofEach = rates(kind, width)
  for (let p = first; p * width < table.length; p++)
    writeRow(kind, p, ofEach, table.subarray(p * width, (p + 1) * width))
}

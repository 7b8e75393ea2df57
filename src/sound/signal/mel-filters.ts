/** The rate of Whisper's sound, the samples of a frame, and the samples from one frame to the next. */
export const RATE = 16_000
export const FRAME = 400
export const HOP = 160
/** Frequencies of a frame, 0 to 8000 Hz in steps of 40. */
export const BINS = FRAME / 2 + 1

/** The Slaney mel scale: linear to 1000 Hz (mel 15), logarithmic above. */
const hertz = (mel: number): number =>
  mel >= 15 ? 1000 * Math.exp((Math.log(6.4) / 27) * (mel - 15)) : (200 / 3) * mel
/** The mel of 8000 Hz. */
const HIGHEST = 15 + Math.log(8) / (Math.log(6.4) / 27)

/** A triangle over the frequencies from bin `first` on. */
export interface MelFilter {
  first: number
  weights: Float32Array
}

/** `count` triangular filters over 0 to 8000 Hz on the Slaney scale, each of unit area (librosa's `mel`, norm 'slaney'). */
export function melFilters(count: number): MelFilter[] {
  const edges = Array.from({ length: count + 2 }, (_, i) => hertz((HIGHEST * i) / (count + 1)))
  return Array.from({ length: count }, (_, m) => {
    const [low, centre, high] = edges.slice(m, m + 3)
    const all = Array.from({ length: BINS }, (_, bin) => {
      const f = (bin * RATE) / FRAME
      return (2 / (high - low)) * Math.max(0, Math.min((f - low) / (centre - low), (high - f) / (high - centre)))
    })
    const first = Math.max(
      0,
      all.findIndex((weight) => weight > 0),
    )
    const last = all.findLastIndex((weight) => weight > 0)
    return { first, weights: Float32Array.from(all.slice(first, last + 1)) }
  })
}

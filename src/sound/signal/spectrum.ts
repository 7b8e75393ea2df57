import { BINS, FRAME } from './mel-filters.ts'

const HALF = FRAME / 2
const QUARTER = FRAME / 4

/**
 * The periodic Hann window times the cosines and sines of a quarter of a frame. A frame is folded about its middle and
 * then about its quarters, because cos and sin of a bin are even or odd about both: the two products [400] · [400, 402]
 * become four of a quarter of the size each.
 */
const window = Float64Array.from({ length: FRAME }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / FRAME))
const basis = (wave: (angle: number) => number, parity: number): Float64Array =>
  Float64Array.from({ length: (QUARTER + 1) * (QUARTER + 1) }, (_, i) => {
    const [row, n] = [Math.floor(i / (QUARTER + 1)), i % (QUARTER + 1)]
    return wave((2 * Math.PI * n * (2 * row + parity)) / FRAME)
  })
const cosines = [basis(Math.cos, 0), basis(Math.cos, 1)]
const sines = [basis(Math.sin, 0), basis(Math.sin, 1)]

// The folded frame: sums and differences about the middle, and then about the quarter, for even and for odd bins.
const evenCosine = new Float64Array(QUARTER + 1)
const oddCosine = new Float64Array(QUARTER + 1)
const evenSine = new Float64Array(QUARTER + 1)
const oddSine = new Float64Array(QUARTER + 1)

/** The power of each bin of the frame of 400 samples that begins at `from`, into `power` [201]. */
export function framePower(samples: Float32Array, from: number, power: Float64Array): void {
  fold(samples, from)
  for (let row = 0; row <= QUARTER; row++) {
    let [evenReal, oddReal, evenImaginary, oddImaginary] = [0, 0, 0, 0]
    for (let n = 0, i = row * (QUARTER + 1); n <= QUARTER; n++, i++) {
      evenReal += evenCosine[n] * cosines[0][i]
      oddReal += oddCosine[n] * cosines[1][i]
      evenImaginary += evenSine[n] * sines[0][i]
      oddImaginary += oddSine[n] * sines[1][i]
    }
    power[2 * row] = evenReal * evenReal + evenImaginary * evenImaginary
    if (2 * row + 1 < BINS) power[2 * row + 1] = oddReal * oddReal + oddImaginary * oddImaginary
  }
}

/** x[n] ± x[400 − n] is what a cosine (+) or a sine (−) sees of a frame; about n = 100 an even bin's cosine is even, … */
function fold(samples: Float32Array, from: number): void {
  const at = (n: number): number => samples[from + n] * window[n]
  for (let n = 0; n <= QUARTER; n++) {
    const mirrored = HALF - n
    const near = at(n)
    const nearTwin = n === 0 ? 0 : at(FRAME - n)
    const far = n === QUARTER ? 0 : at(mirrored)
    const farTwin = n === QUARTER || n === 0 ? 0 : at(FRAME - mirrored)
    const [sum, difference] = [near + nearTwin, near - nearTwin]
    const [farSum, farDifference] = [far + farTwin, far - farTwin]
    evenCosine[n] = sum + farSum
    oddCosine[n] = sum - farSum
    evenSine[n] = difference - farDifference
    oddSine[n] = difference + farDifference
  }
}

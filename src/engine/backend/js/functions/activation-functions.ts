import type { Matrix } from '../../interface/backend.ts'

/** Φ(x), the chance that a standard normal number is below x. */
export const normalDistribution = (x: number): number => 0.5 * (1 + erf(x * Math.SQRT1_2))

/** φ(x), its density. */
export const normalDensity = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)

/** A bit of semantic hashing before it is rounded: max(0, min(1, 1.2 sigmoid(u) − 0.1)). */
export const softBit = (u: number): number => Math.max(0, Math.min(1, 1.2 / (1 + Math.exp(-u)) - 0.1))

/** 1 / (1 + e^−x) */
export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

/** The error function by W. J. Cody's rational approximations (Math. Comp. 23, 1969), good to double precision. */
export function erf(x: number): number {
  const y = Math.abs(x)
  if (y <= 0.46875) {
    const z = y * y
    let numerator = 0.18577770618460315 * z
    let denominator = z
    for (let i = 0; i < 3; i++) {
      numerator = (numerator + SMALL_NUMERATOR[i]) * z
      denominator = (denominator + SMALL_DENOMINATOR[i]) * z
    }
    return (x * (numerator + SMALL_NUMERATOR[3])) / (denominator + SMALL_DENOMINATOR[3])
  }
  if (y >= 6) return Math.sign(x)
  let tail: number
  if (y <= 4) {
    let numerator = 2.1531153547440383e-8 * y
    let denominator = y
    for (let i = 0; i < 7; i++) {
      numerator = (numerator + MIDDLE_NUMERATOR[i]) * y
      denominator = (denominator + MIDDLE_DENOMINATOR[i]) * y
    }
    tail = (numerator + MIDDLE_NUMERATOR[7]) / (denominator + MIDDLE_DENOMINATOR[7])
  } else {
    const z = 1 / (y * y)
    let numerator = 0.016315387137302097 * z
    let denominator = z
    for (let i = 0; i < 4; i++) {
      numerator = (numerator + LARGE_NUMERATOR[i]) * z
      denominator = (denominator + LARGE_DENOMINATOR[i]) * z
    }
    tail = (z * (numerator + LARGE_NUMERATOR[4])) / (denominator + LARGE_DENOMINATOR[4])
    tail = (1 / Math.sqrt(Math.PI) - tail) / y
  }
  return Math.sign(x) * (1 - Math.exp(-y * y) * tail)
}

const SMALL_NUMERATOR = [3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694]

const SMALL_DENOMINATOR = [23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171]

const MIDDLE_NUMERATOR = [
  0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001, 881.952221241769, 1712.0476126340707,
  2051.0783778260716, 1230.3393547979972,
]

const MIDDLE_DENOMINATOR = [
  15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597, 4362.619090143247,
  3439.3676741437216, 1230.3393548037495,
]

const LARGE_NUMERATOR = [
  0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275, 0.0006587491615298378,
]

const LARGE_DENOMINATOR = [
  2.568520192289822, 1.8729528499234673, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918,
]

const relu = (x: number) => Math.max(0, x)

const gelu = (x: number) => 0.5 * x * (1 + erf(x * Math.SQRT1_2))

const geluTanh = (x: number) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)))

const swish = (x: number) => x / (1 + Math.exp(-x))

/** By the word of the attribute `activation`; `none` is null. */
export const activationFunctions = { none: null, relu, gelu, geluTanh, swish, tanh: Math.tanh }

/** log Σ exp(x / temperature) of one row; −∞ where every value is −∞. */
export function logSumExp({ data, width }: Matrix, from: number, temperature = 1): number {
  let max = -Infinity
  for (let i = 0; i < width; i++) if (data[from + i] > max) max = data[from + i]
  if (max === -Infinity) return -Infinity
  let sum = 0
  for (let i = 0; i < width; i++) sum += Math.exp((data[from + i] - max) / temperature)
  return max / temperature + Math.log(sum)
}

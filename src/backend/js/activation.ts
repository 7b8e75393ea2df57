import type { Kernel } from '../backend.ts'

/** The error function by W. J. Cody's rational approximations (Math. Comp. 23, 1969), good to double precision. */
export function erf(x: number): number {
  const y = Math.abs(x)
  if (y <= 0.46875) {
    const z = y * y
    let numerator = 1.85777706184603153e-1 * z
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
    let numerator = 2.15311535474403846e-8 * y
    let denominator = y
    for (let i = 0; i < 7; i++) {
      numerator = (numerator + MIDDLE_NUMERATOR[i]) * y
      denominator = (denominator + MIDDLE_DENOMINATOR[i]) * y
    }
    tail = (numerator + MIDDLE_NUMERATOR[7]) / (denominator + MIDDLE_DENOMINATOR[7])
  } else {
    const z = 1 / (y * y)
    let numerator = 1.63153871373020978e-2 * z
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
const SMALL_NUMERATOR = [3.1611237438705656, 1.13864154151050156e2, 3.77485237685302021e2, 3.20937758913846947e3]
const SMALL_DENOMINATOR = [2.36012909523441209e1, 2.44024637934444173e2, 1.28261652607737228e3, 2.84423683343917062e3]
const MIDDLE_NUMERATOR = [
  5.64188496988670089e-1, 8.88314979438837594, 6.61191906371416295e1, 2.98635138197400131e2, 8.8195222124176909e2,
  1.71204761263407058e3, 2.05107837782607147e3, 1.23033935479799725e3,
]
const MIDDLE_DENOMINATOR = [
  1.57449261107098347e1, 1.17693950891312499e2, 5.37181101862009858e2, 1.62138957456669019e3, 3.29079923573345963e3,
  4.36261909014324716e3, 3.43936767414372164e3, 1.23033935480374942e3,
]
const LARGE_NUMERATOR = [3.05326634961232344e-1, 3.60344899949804439e-1, 1.25781726111229246e-1, 1.60837851487422766e-2, 6.58749161529837803e-4]
const LARGE_DENOMINATOR = [2.56852019228982242, 1.87295284992346725, 5.27905102951428412e-1, 6.05183413124413191e-2, 2.33520497626869185e-3]

const relu = (x: number) => (x > 0 ? x : x === x ? 0 : x)
const gelu = (x: number) => 0.5 * x * (1 + erf(x * Math.SQRT1_2))
const geluTanh = (x: number) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)))
const swish = (x: number) => x / (1 + Math.exp(-x))

/** By the number of the activation (program/ops/activation.ts); none is null. */
export const activationFunctions: readonly (((x: number) => number) | null)[] = [null, relu, gelu, geluTanh, swish]

export const activationKernel: Kernel = ([x], [y], [kind]) => {
  const activate = activationFunctions[kind] ?? ((value: number) => value)
  for (let row = 0; row < y.rows; row++) {
    const from = x!.offset + row * x!.stride
    const to = y.offset + row * y.stride
    for (let i = 0; i < y.width; i++) y.data[to + i] = activate(x!.data[from + i])
  }
}

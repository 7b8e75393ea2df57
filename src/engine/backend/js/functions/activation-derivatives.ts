import { erf } from './activation-functions.ts'

const relu = (x: number) => (x > 0 ? 1 : 0)

/** x Φ(x) by the product rule: Φ(x) + x φ(x), Φ and φ the normal distribution and its density. */
const gelu = (x: number) => 0.5 * (1 + erf(x * Math.SQRT1_2)) + (x * Math.exp(-0.5 * x * x)) / Math.sqrt(2 * Math.PI)

/** ½ x (1 + t), t = tanh(c (x + 0.044715 x³)): ½ (1 + t) from x, and ½ x (1 − t²) c (1 + 3 · 0.044715 x²) from t. */
const geluTanh = (x: number) => {
  const c = Math.sqrt(2 / Math.PI)
  const t = Math.tanh(c * (x + 0.044715 * x * x * x))
  return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * c * (1 + 3 * 0.044715 * x * x)
}

/** x s, s = sigmoid(x): s from x, and x s (1 − s) from s. */
const swish = (x: number) => {
  const s = 1 / (1 + Math.exp(-x))
  return s * (1 + x * (1 - s))
}

const tanh = (x: number) => 1 - Math.tanh(x) ** 2

/** The derivatives of `activationFunctions`. */
export const activationDerivatives = { none: () => 1, relu, gelu, geluTanh, swish, tanh }

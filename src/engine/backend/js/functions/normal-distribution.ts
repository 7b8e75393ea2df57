import { erf } from './activation-functions.ts'

/** Φ(x), the chance that a standard normal number is below x. */
export const normalDistribution = (x: number): number => 0.5 * (1 + erf(x * Math.SQRT1_2))

/** φ(x), its density. */
export const normalDensity = (x: number): number => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)

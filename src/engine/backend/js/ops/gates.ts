import { normalDensity, normalDistribution } from '../functions/activation-functions.ts'
import { noisyRow, softmaxOfBest, thresholdOf } from '../functions/noisy-row.ts'
import type { Kernel } from '../operands/kernel.ts'
import { rowAt } from '../operands/recurrence.ts'

export const gates: Kernel<'gates'> = ({ clean, deviation, noise, gates, load, k, overAll }) => {
  const experts = clean.width
  for (let row = 0; row < clean.rows; row++) {
    const noisy = noisyRow(clean, deviation, noise, row)
    const p = softmaxOfBest(noisy, k, overAll)
    const best = new Set(noisy.order.slice(0, k))
    for (let e = 0; e < experts; e++) {
      gates.data[rowAt(gates, row) + e] = best.has(e) ? p[e] : 0
      const { sigma } = noisy
      load.data[rowAt(load, row) + e] =
        sigma && k < experts
          ? normalDistribution((noisy.clean[e] - noisy.noisy[thresholdOf(noisy, k, e)]) / sigma[e])
          : best.has(e)
            ? 1
            : 0
    }
  }
}

export const gatesGradient: Kernel<'gatesGradient'> = (call) => {
  const { clean, deviation, noise, dGates, dLoad, dClean, dDeviation, k, overAll } = call
  const experts = clean.width
  for (let row = 0; row < clean.rows; row++) {
    const noisy = noisyRow(clean, deviation, noise, row)
    const p = softmaxOfBest(noisy, k, overAll)
    const best = noisy.order.slice(0, k)
    const gate = (e: number) => dGates.data[rowAt(dGates, row) + e]
    const mean = best.reduce((sum, e) => sum + p[e] * gate(e), 0)
    const dNoisy = Float64Array.from(p, (weight, e) => weight * ((best.includes(e) ? gate(e) : 0) - mean))
    const dOwn = new Float64Array(experts)
    const dSigma = new Float64Array(experts)
    const { sigma } = noisy
    if (sigma && dLoad && k < experts)
      for (let e = 0; e < experts; e++) {
        const threshold = thresholdOf(noisy, k, e)
        const z = (noisy.clean[e] - noisy.noisy[threshold]) / sigma[e]
        const dz = (normalDensity(z) * dLoad.data[rowAt(dLoad, row) + e]) / sigma[e]
        dOwn[e] += dz
        dNoisy[threshold] -= dz
        dSigma[e] -= z * dz
      }
    for (let e = 0; e < experts; e++) {
      dClean.data[rowAt(dClean, row) + e] = dOwn[e] + dNoisy[e]
      if (!deviation || !dDeviation) continue
      // The derivative of softplus is the sigmoid.
      const slope = 1 / (1 + Math.exp(-deviation.data[rowAt(deviation, row) + e]))
      // biome-ignore lint/style/noNonNullAssertion: the gradient of noisy gates has the noise
      dDeviation.data[rowAt(dDeviation, row) + e] = (dSigma[e] + noisy.noise![e] * dNoisy[e]) * slope
    }
  }
}

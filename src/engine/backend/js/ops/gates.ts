import { noisyRow, softmaxOfBest, thresholdOf } from '../functions/noisy-row.ts'
import { normalDistribution } from '../functions/normal-distribution.ts'
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

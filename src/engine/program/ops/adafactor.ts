import { defineOp, expectIs, expectShape } from '../instructions/op.ts'

/**
 * One step of Adafactor (Shazeer & Stern 2018, algorithms 4 and 5, without a first moment) for one matrix; the gradients are zero
 * afterwards. With R and C the moving means of squared gradients along rows and down columns, the update is
 * U = G / √(R C / mean(R)), scaled down to an RMS of d where it is larger, and the step ρ · max(ε₂, RMS(W)) · (U + decay · W).
 * A vector is a matrix of one row, for which C is the whole second moment.
 * gradients, parameters [n, m], rowMoments [n, 1], columnMoments [1, m]; `rates` [1, 7]: ρ, 1 − β̂₂ (t^−0.8), ε₁, ε₂, clip (a factor
 * on every gradient), d, decay.
 */
export const adafactor = defineOp({
  name: 'adafactor',
  inputs: ['gradients', 'rates', 'parameters', 'rowMoments', 'columnMoments'],
  writes: ['gradients', 'parameters', 'rowMoments', 'columnMoments'],
  attributes: {},
  outputs: [],
  shapes: ({ gradients, rates, parameters, rowMoments, columnMoments }) => {
    const { rows, width } = parameters
    expectShape(typeof rows === 'number' && rows > 0, 'adafactor', `${parameters} has no constant rows`)
    expectIs('adafactor', gradients, rows, width)
    expectIs('adafactor', rates, 1, 7)
    expectIs('adafactor', rowMoments, rows, 1)
    expectIs('adafactor', columnMoments, 1, width)
    return []
  },
  cost: ({ parameters: { rows, width } }) => ({ flops: 16 * (rows as number) * width, per: 1 }),
})

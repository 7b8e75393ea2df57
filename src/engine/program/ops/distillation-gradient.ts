import { defineOp } from '../instructions/op.ts'
import { distillationAttributes, expectDistillation } from '../operands/distillation.ts'
import { expectGradients } from '../operands/projected-loss.ts'

/**
 * Distillation with the gradients of dLoss · Σ losses with respect to the student, in one pass: dWeight and dBias accumulate. The teacher
 * is a constant. Operands are those of `distillation`, dLoss [1, 1], dWeight [vocabulary, d], dBias [1, vocabulary] → losses [T, 1], dx
 * [T, d].
 */
export const distillationGradient = defineOp({
  name: 'distillationGradient',
  inputs: [
    ...(['x', 'weight', 'bias?', 'ids', 'teacherX', 'teacherWeight', 'teacherBias?'] as const),
    ...(['dLoss', 'dWeight?', 'dBias?'] as const),
  ],
  integers: ['ids'],
  writes: ['dWeight', 'dBias'],
  weights: ['weight', 'bias'],
  constants: ['teacherX', 'teacherWeight', 'teacherBias'],
  attributes: distillationAttributes,
  neutral: { scale: 1 },
  outputs: ['losses', 'dx'],
  shapes: (inputs, options) => {
    expectDistillation('distillationGradient', inputs, options)
    expectGradients('distillationGradient', inputs)
    const { x } = inputs
    return [{ rows: x.rows, width: 1 }, x]
  },
  cost: ({ x, weight, teacherX, teacherWeight }) => ({
    flops: 2 * (3 * x.width + teacherX.width) * (weight.rows as number),
    per: x.rows,
    reads: [weight, teacherWeight],
  }),
})

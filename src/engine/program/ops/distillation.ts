import { defineOp } from '../instructions/op.ts'
import { distillationAttributes, expectDistillation } from '../operands/distillation.ts'
import { expectGradients } from '../operands/projected-loss.ts'

/**
 * Word-level knowledge distillation (Kim & Rush 2016): for each target token (1 − share) · cross-entropy with label smoothing + share · τ²
 * · KL(p ‖ s), where p = softmax(t / τ) is the teacher's distribution and s = softmax(z / τ) the student's at temperature τ. The factor τ²
 * keeps the gradients of both parts of one size, because the gradients of the second part shrink by 1/τ² (Hinton et al. 2015, 2.1). With
 * share 1 the loss is the divergence alone.
 *
 * Both output projections are fused with the loss: the logits z = scale · x Wᵀ + bias, and the teacher's logits t, exist only for a few
 * rows at a time. x [T, d], weight [vocabulary, d], bias [1, vocabulary], ids [T, 1], teacherX [T, d'], teacherWeight [vocabulary, d'],
 * teacherBias [1, vocabulary] → losses [T, 1].
 */
export const distillation = defineOp({
  name: 'distillation',
  inputs: ['x', 'weight', 'bias?', 'ids', 'teacherX', 'teacherWeight', 'teacherBias?'],
  integers: ['ids'],
  weights: ['weight', 'bias'],
  constants: ['teacherX', 'teacherWeight', 'teacherBias'],
  attributes: distillationAttributes,
  neutral: { scale: 1 },
  outputs: ['losses'],
  shapes: (inputs, options) => {
    expectDistillation('distillation', inputs, options)
    return [{ rows: inputs.x.rows, width: 1 }]
  },
  cost: ({ x, weight, teacherX, teacherWeight }) => ({
    flops: 2 * (x.width + teacherX.width) * (weight.rows as number),
    per: x.rows,
    reads: [weight, teacherWeight],
  }),
})

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

import { defineOp, expectIs } from '../instructions/op.ts'

/**
 * One step of Adam (Kingma & Ba 2015) with decoupled weight decay (Loshchilov & Hutter 2019), over all parameters at once; the
 * gradients are zero afterwards. `rates` [1, 8]: learning rate, β1, β2, ε, decay, clip (a factor on every gradient),
 * 1 − β1ᵗ, 1 − β2ᵗ. gradients, parameters, firstMoments, secondMoments [1, n].
 */
export const adam = defineOp({
  name: 'adam',
  inputs: ['gradients', 'rates', 'parameters', 'firstMoments', 'secondMoments'],
  writes: ['gradients', 'parameters', 'firstMoments', 'secondMoments'],
  attributes: {},
  outputs: [],
  shapes: ({ gradients, rates, parameters, firstMoments, secondMoments }) => {
    for (const tensor of [gradients, parameters, firstMoments, secondMoments])
      expectIs('adam', tensor, 1, parameters.width)
    expectIs('adam', rates, 1, 8)
    return []
  },
  cost: ({ parameters }) => ({ flops: 14 * parameters.width, per: 1 }),
})

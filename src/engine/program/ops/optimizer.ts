import { SUM_BLOCK } from '../../backend/js/optimizer.ts'
import { defineOp, expectIs, expectShape } from '../op.ts'

/** The number of blocks in which `sumOfSquares` sums a row of `width` values. */
export const blocksOf = (width: number): number => Math.ceil(width / SUM_BLOCK)

/**
 * Σ x² of each block of SUM_BLOCK values: the norm of all gradients, summed in an order that does not depend on the number of threads. x
 * [1, n] → sums [blocks, 1].
 */
export const sumOfSquares = defineOp({
  name: 'sumOfSquares',
  inputs: ['x'],
  attributes: {},
  outputs: ['sums'],
  shapes: ({ x }) => {
    expectShape(x.rows === 1, 'sumOfSquares', `${x} is not one row`)
    return [{ rows: blocksOf(x.width), width: 1 }]
  },
  cost: ({ x }) => ({ flops: 2 * x.width, per: 1 }),
})

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

import { defineOp, expectIs, expectShape } from '../instructions/op.ts'

const directions = ['forward', 'back'] as const

/**
 * Low-rank branches beside a product (LoRA, Hu et al. 2021, 4.1), for each row those of its own adapter: y = product + B A x. The product
 * may be of several modules side by side, its parts, each with matrices of its own. `matrices` [V, 1] holds those of all adapters, and a
 * row of `places` [G, 3 · parts] says of one adapter where A [rank, d] of each part begins, where Bᵀ [rank, outputs / parts] begins, and
 * the rank, which is 0 where the adapter leaves the part alone. `adapters` [S, 1] are rows of places, −1 for none. No row depends on the
 * other rows or on the other adapters. x [S, d], product [S, outputs] → y [S, outputs]. `back` is the transpose: of dy [S, parts · w] it
 * makes Aᵀ Bᵀ dy [S, outputs].
 */
export const lowRank = defineOp({
  name: 'lowRank',
  inputs: ['x', 'product?', 'matrices', 'places', 'adapters'],
  integers: ['places', 'adapters'],
  constants: ['matrices'],
  attributes: { outputs: 'count', direction: directions },
  neutral: { direction: 'forward' },
  unlisted: ['outputs'],
  outputs: ['adapted'],
  shapes: ({ x, product, matrices, places, adapters }, { outputs, direction }) => {
    expectShape(matrices.width === 1, 'lowRank', `matrices must be one column, not ${matrices}`)
    expectShape(places.width % 3 === 0, 'lowRank', `${places} must have three columns for each part`)
    const parted = direction === 'forward' ? outputs : x.width
    expectShape(
      parted % (places.width / 3) === 0,
      'lowRank',
      `${parted} columns are no ${places.width / 3} equal parts`,
    )
    expectIs('lowRank', product, x.rows, outputs)
    expectIs('lowRank', adapters, x.rows, 1)
    return [{ rows: x.rows, width: outputs }]
  },
  // The ranks are not known before a play: as if each part had one of 8.
  cost: ({ x, places }, { outputs }) => ({ flops: 16 * (x.width + outputs) * (places.width / 3), per: x.rows }),
  gradient: (
    p,
    { inputs: { x, product, matrices, places, adapters }, attributes: { direction }, dOutputs: [dy], gradients },
  ) => {
    gradients.contribute(product, dy)
    const back = direction === 'forward' ? 'back' : 'forward'
    gradients.contribute(x, lowRank(p, { x: dy, matrices, places, adapters }, { outputs: x.width, direction: back })[0])
  },
})

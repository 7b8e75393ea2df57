import { defineOp, expectIs, expectShape } from '../instructions/op.ts'

/**
 * Moves a codebook to the means of the rows that have chosen its entries (van den Oord et al. 2017, A.1), which decay: for each entry
 * count ← decay · count + (1 − decay) · rows that chose it, sum ← decay · sum + (1 − decay) · Σ of these rows, and
 * entry = sum / ((count + ε) / (N + K ε) · N) with N the sum of a block's counts. x [S, d], codes [S, blocks], counts [blocks · K, 1], sums and
 * codebook [blocks · K, d / blocks].
 */
export const moveCodebook = defineOp({
  name: 'moveCodebook',
  inputs: ['x', 'codes', 'counts', 'sums', 'codebook'],
  integers: ['codes'],
  writes: ['counts', 'sums', 'codebook'],
  attributes: { blocks: 'count', decay: 'number', epsilon: 'number' },
  outputs: [],
  shapes: ({ x, codes, counts, sums, codebook }, { blocks }) => {
    expectShape(
      codebook.width * blocks === x.width,
      'moveCodebook',
      `${x} is not ${blocks} times as wide as ${codebook}`,
    )
    expectIs('moveCodebook', codes, x.rows, blocks)
    expectIs('moveCodebook', counts, codebook.rows, 1)
    expectIs('moveCodebook', sums, codebook.rows, codebook.width)
    return []
  },
  cost: ({ x }) => ({ flops: 2 * x.width, per: x.rows }),
})

import { SUM_BLOCK } from '../../backend/interface/round.ts'
import { defineOp, expectShape } from '../instructions/op.ts'

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

import { checkEmbedGradient, embedGradientKernel } from '../../backend/js/embed-gradient.ts'
import { defineOp } from '../op.ts'

/** dTable[token] += scale · dx, dPositionTable[position + positionOffset] += dx. tokens, positions [S, 1], dx [S, d]. */
export const embedGradient = defineOp({
  name: 'embedGradient',
  inputs: ['tokens', 'positions?', 'dx', 'dTable', 'dPositionTable?'],
  integers: ['tokens', 'positions'],
  writes: ['dTable', 'dPositionTable'],
  attributes: { scale: 'number', positionOffset: 'number' },
  outputs: () => [],
  cost: ({ dx }) => ({ flops: 2 * dx.width, bytes: 12 * dx.width, per: dx.rows }),
  check: checkEmbedGradient,
  kernel: embedGradientKernel,
})

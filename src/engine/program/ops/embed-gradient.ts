import { defineOp, expectIs, expectShape } from '../instructions/op.ts'

/** dTable[token] += scale · dx, dPositionTable[position + positionOffset] += dx. tokens, positions [S, 1], dx [S, d]. */
export const embedGradient = defineOp({
  name: 'embedGradient',
  inputs: ['tokens', 'positions?', 'dx', 'dTable', 'dPositionTable?'],
  integers: ['tokens', 'positions'],
  writes: ['dTable', 'dPositionTable'],
  attributes: { scale: 'number', positionOffset: 'integer' },
  neutral: { scale: 1, positionOffset: 0 },
  outputs: [],
  shapes: ({ tokens, positions, dx, dTable, dPositionTable }) => {
    for (const ids of [tokens, positions]) expectIs('embedGradient', ids, dx.rows, 1)
    for (const table of [dTable, dPositionTable])
      expectShape(!table || table.width === dx.width, 'embedGradient', `${table} has not the width of ${dx}`)
    expectShape(!positions === !dPositionTable, 'embedGradient', 'positions and dPositionTable go together')
    return []
  },
  cost: ({ dx }) => ({ flops: 2 * dx.width, per: dx.rows }),
})

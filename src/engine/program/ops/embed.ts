import { defineOp, expectIs, expectShape } from '../instructions/op.ts'

/**
 * Embedding with positions, paper 3.4 and 3.5: x = table[token] · scale + positionTable[position + positionOffset].
 * Token −1 embeds as zeros (the decoder's start in Tensor2Tensor); its position is added all the same.
 * tokens [S, 1], positions [S, 1], table [vocabulary, d], positionTable [positions, d] → x [S, d].
 */
export const embed = defineOp({
  name: 'embed',
  inputs: ['table', 'tokens', 'positions?', 'positionTable?'],
  integers: ['tokens', 'positions'],
  encoded: ['table'],
  weights: ['table', 'positionTable'],
  attributes: { scale: 'number', positionOffset: 'integer' },
  neutral: { scale: 1, positionOffset: 0 },
  outputs: ['embedded'],
  shapes: ({ table, tokens, positions, positionTable }) => {
    expectShape(tokens.width === 1, 'embed', `tokens must be one column, not ${tokens}`)
    expectShape(!positions === !positionTable, 'embed', 'positions and positionTable go together')
    expectIs('embed', positions, tokens.rows, 1)
    expectShape(
      !positionTable || positionTable.width === table.width,
      'embed',
      `${positionTable} and ${table} differ in width`,
    )
    return [{ rows: tokens.rows, width: table.width }]
  },
  cost: ({ tokens, table }) => ({ flops: 2 * table.width, per: tokens.rows }),
  gradient: (p, { inputs: { table, tokens, positions, positionTable }, attributes, dOutputs: [dx] }) => {
    // Sinusoids are constants: only a learned table takes a gradient.
    const learned = positionTable?.kind === 'weight' ? { positions, dPositionTable: p.gradientOf(positionTable) } : {}
    embedGradient(p, { tokens, dx, dTable: p.gradientOf(table), ...learned }, attributes)
  },
})

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

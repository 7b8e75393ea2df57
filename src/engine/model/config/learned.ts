import { settings } from '../../../base/schema/settings.ts'
import { integer, positiveInteger } from '../../../base/schema/types.ts'
import { counted } from '../../../base/values/number-text.ts'
import type { Tensor } from '../../program/instructions/tensor.ts'
import type { PositionKind } from './position-kind.ts'

/** The model is not told where a token stands. */
export const none: PositionKind<Record<never, never>> = {
  settings: {},
  says: () => 'none',
  ofNewModel: () => ({}),
  inputs: () => null,
}

const learnedSettings = settings({
  rows: { type: positiveInteger, says: 'rows of the table' },
  targetRows: {
    type: positiveInteger,
    optional: true,
    otherwise: 'rows',
    says: "rows of the decoder's table, where it has fewer (LED)",
  },
  offset: { type: integer(0), default: 0, says: 'position p reads row p + offset' },
})

/** Each stack has a table of its own, whose rows are added to embeddings. */
export const learned: PositionKind<typeof learnedSettings, { positions: Tensor }> = {
  settings: learnedSettings,
  says: ({ rows }) => `learned, ${counted(rows, 'row')}`,
  ofNewModel: ({ maxLength }) => ({ rows: maxLength, offset: 0 }),
  longest: ({ rows, offset }) => rows - offset,
  longestTarget: ({ rows, targetRows = rows, offset }) => targetRows - offset,
  check({ rows, targetRows = rows, offset }, { maxLength }, place) {
    if (offset >= rows) place.within('positions').fail('offset', `below rows (${rows})`, offset)
    if (targetRows > rows || targetRows <= offset)
      place.within('positions').fail('targetRows', `from ${offset + 1} to rows (${rows})`, targetRows)
    if (maxLength > rows - offset)
      place.refuse(`maxLength must be at most positions.rows - positions.offset (${rows - offset}), not ${maxLength}`)
  },
  inputs: ({ p, side, rows }) => ({
    positions: p.input(side === 'encoder' ? 'source.positions' : 'target.positions', rows, 1, 'int32'),
  }),
  added({ p, side, dModel, positions: { rows, targetRows = rows, offset } }, { positions }) {
    const own = side === 'encoder' ? rows : targetRows
    const positionTable = p.weight(`${side}.positions.weight`, { rows: own, width: dModel, role: 'positions' })
    return { positions, positionTable, offset }
  },
}

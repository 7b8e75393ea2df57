import { added, addTo, rowsOf, zeros } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, integers, whole } from '../engine/program/random-operands.ts'

export const embed: OpTest = {
  case(random) {
    const [S, vocabulary, width, table] = [random.rows(), random.integer(1, 40), random.width(), random.integer(5, 30)]
    const positionOffset = random.pick([0, 2])
    const withPositions = random.next() < 0.8
    return {
      symbols: { S, V: vocabulary, N: table },
      inputs: {
        table: floats(random, 'V', vocabulary, width),
        tokens: whole('S', 1, integers(random, S, -1, vocabulary - 1)),
        positions: withPositions ? whole('S', 1, integers(random, S, 0, table - 1 - positionOffset)) : null,
        positionTable: withPositions ? whole('N', width, random.floats(table * width)) : null,
      },
      attributes: { scale: random.pick([1, 5.65]), positionOffset },
    }
  },
  reference({ inputs, attributes }) {
    const table = rowsOf(inputs.table!)
    const positionTable = inputs.positionTable && rowsOf(inputs.positionTable)
    const { scale, positionOffset } = attributes as { scale: number; positionOffset: number }
    return [
      Array.from(inputs.tokens!.data).flatMap((token, s) => {
        const row =
          token < 0 ? new Array<number>(inputs.table!.width).fill(0) : table[token].map((value) => value * scale)
        return positionTable
          ? row.map((value, i) => value + positionTable[inputs.positions!.data[s] + positionOffset][i])
          : row
      }),
    ]
  },
  freeWidths: ['table'],
}

export const embedGradient: OpTest = {
  case(random) {
    const [S, vocabulary, width, table] = [random.rows(), random.integer(1, 40), random.width(), random.integer(5, 30)]
    const positionOffset = random.pick([0, 2])
    const learned = random.next() < 0.5
    return {
      symbols: { S, V: vocabulary, N: table },
      inputs: {
        tokens: whole('S', 1, integers(random, S, -1, vocabulary - 1)),
        positions: learned ? whole('S', 1, integers(random, S, 0, table - 1 - positionOffset)) : null,
        dx: floats(random, 'S', S, width),
        dTable: floats(random, 'V', vocabulary, width),
        dPositionTable: learned ? floats(random, 'N', table, width) : null,
      },
      attributes: { scale: random.pick([1, 5.65]), positionOffset },
    }
  },
  reference({ inputs, attributes, symbols }) {
    const { scale, positionOffset } = attributes as { scale: number; positionOffset: number }
    const { width } = inputs.dx!
    const [table, positions] = [zeros(symbols.V, width), zeros(symbols.N, width)]
    rowsOf(inputs.dx!).forEach((dx, s) => {
      const token = inputs.tokens!.data[s]
      if (token >= 0) addTo(table[token], scale, dx)
      if (inputs.positions) addTo(positions[inputs.positions.data[s] + positionOffset], 1, dx)
    })
    const dTable = added(inputs.dTable!, table)
    return inputs.dPositionTable ? [dTable, added(inputs.dPositionTable, positions)] : [dTable]
  },
}

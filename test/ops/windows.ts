import { rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, randomWindows } from '../engine/program/random-operands.ts'

export const windows: OpTest = {
  case(random) {
    const [width, { symbols, index, inverse }] = [random.width(), randomWindows(random)]
    return { symbols, inputs: { x: floats(random, 'S', symbols.S, width), index, inverse }, attributes: {} }
  },
  reference({ inputs }) {
    const x = rowsOf(inputs.x!)
    const zeros = new Array<number>(inputs.x!.width).fill(0)
    return [rowsOf(inputs.index!).flatMap((reads) => reads.flatMap((read) => x[read] ?? zeros))]
  },
  freeWidths: ['x', 'index', 'inverse'],
}

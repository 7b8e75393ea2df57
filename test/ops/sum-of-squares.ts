import { sum } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { whole } from '../engine/program/random-operands.ts'

export const sumOfSquares: OpTest = {
  case(random) {
    const size = random.pick([1, 7, 100, 16383, 16384, 16385, 40000])
    return { symbols: {}, inputs: { x: whole(1, size, random.floats(size)) }, attributes: {} }
  },
  reference({ inputs }) {
    const x = Array.from(inputs.x!.data)
    return [
      Array.from({ length: Math.ceil(x.length / 16384) }, (_, b) =>
        sum(x.slice(b * 16384, (b + 1) * 16384).map((v) => v * v)),
      ),
    ]
  },
  freeWidths: ['x'],
}

import { rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, randomWindows } from '../engine/program/random-operands.ts'

export const fold: OpTest = {
  case(random) {
    const [width, { symbols, index, inverse }] = [random.width(), randomWindows(random)]
    const x = floats(random, 'T', symbols.T, index.width * width)
    return { symbols, inputs: { x, inverse, index }, attributes: { taps: index.width } }
  },
  reference({ inputs, attributes }) {
    const [x, inverse] = [inputs.x!, inputs.inverse!].map(rowsOf)
    const taps = attributes.taps as number
    const width = inputs.x!.width / taps
    return [
      inverse.flatMap((places) =>
        Array.from({ length: width }, (_, i) =>
          places.reduce((sum, at) => sum + (at < 0 ? 0 : x[Math.floor(at / taps)][(at % taps) * width + i]), 0),
        ),
      ),
    ]
  },
  freeWidths: ['x', 'inverse'],
}

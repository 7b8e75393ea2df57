import { dot, rowsOf, softmax as softmaxOf, sum } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, valuesAndGradients } from '../engine/program/random-operands.ts'

export const softmax: OpTest = {
  case(random) {
    const [S, width] = [random.rows(), random.width()]
    return { symbols: { S }, inputs: { x: floats(random, 'S', S, width) }, attributes: {} }
  },
  reference: ({ inputs }) => [rowsOf(inputs.x!).flatMap(softmaxOf)],
  freeWidths: ['x'],
}

export const softmaxGradient: OpTest = {
  case(random) {
    const { symbols, inputs, attributes } = valuesAndGradients(random)
    const [sharpness, common] = [random.pick([0, 1, 4]), random.pick([0, 1000])]
    const { data, baseWidth, column, width } = inputs.y!
    for (let at = column; at < data.length; at += baseWidth) {
      const row = data.subarray(at, at + width)
      row.set(softmaxOf(Array.from(row, (value) => sharpness * value)))
    }
    return {
      symbols,
      inputs: { ...inputs, dy: { ...inputs.dy!, data: inputs.dy!.data.map((value) => value + common) } },
      attributes,
    }
  },
  reference({ inputs }) {
    const dy = rowsOf(inputs.dy!)
    // The weights are rounded, so their sum is not quite the 1 that it is of a softmax.
    const softmaxes = rowsOf(inputs.y!).map((y) => y.map((v) => v / sum(y)))
    return [softmaxes.flatMap((y, s) => y.map((v, i) => v * (dy[s][i] - dot(y, dy[s]))))]
  },
}

import { activations, added, dot, rowsOf, sum, transposed } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, someZeros, whole } from '../engine/program/random-operands.ts'

export const linear: OpTest = {
  case(random) {
    const [S, inputs, outputs] = [random.rows(), random.width(), random.pick([1, 2, 5, 16, 31, 64, 100, 257])]
    return {
      symbols: { S },
      inputs: {
        x: floats(random, 'S', S, inputs),
        weight: whole(outputs, inputs, random.floats(outputs * inputs)),
        bias: random.next() < 0.5 ? whole(1, outputs, random.floats(outputs)) : null,
        residual: random.next() < 0.5 ? floats(random, 'S', S, outputs) : null,
      },
      attributes: {
        activation: random.pick(['none', 'relu', 'gelu', 'geluTanh', 'swish', 'tanh']),
        scale: random.pick([1, 1, 0.3]),
      },
    }
  },
  reference({ inputs, attributes }) {
    const { activation, scale } = attributes as { activation: string; scale: number }
    const weight = rowsOf(inputs.weight!)
    const residual = inputs.residual && rowsOf(inputs.residual)
    return [
      rowsOf(inputs.x!).flatMap((x, s) =>
        weight.map(
          (w, o) =>
            activations[activation](scale * dot(x, w) + (inputs.bias ? inputs.bias.data[o] : 0)) +
            (residual ? residual[s][o] : 0),
        ),
      ),
    ]
  },
}

export const linearInputGradient: OpTest = {
  case(random) {
    const [S, inputs, outputs] = [random.rows(), random.width(), random.pick([1, 2, 5, 16, 31, 64, 100, 257])]
    return {
      symbols: { S },
      inputs: {
        dy: someZeros(random, floats(random, 'S', S, outputs)),
        weight: whole(outputs, inputs, random.floats(outputs * inputs)),
        x: random.next() < 0.5 ? someZeros(random, floats(random, 'S', S, inputs)) : null,
      },
      attributes: { scale: random.pick([1, 1, 0.3]) },
    }
  },
  reference({ inputs, attributes }) {
    const columns = transposed(rowsOf(inputs.weight!), inputs.weight!.width)
    const gradients = rowsOf(inputs.dy!).map((dy) => columns.map((w) => (attributes.scale as number) * dot(dy, w)))
    const wanted = inputs.x && rowsOf(inputs.x)
    return [gradients.flatMap((row, r) => row.map((value, i) => (wanted && wanted[r][i] === 0 ? 0 : value)))]
  },
  freeWidths: ['weight'],
}

export const linearWeightGradient: OpTest = {
  case(random) {
    const S = random.next() < 0.1 ? 300 : random.rows()
    const [inputs, outputs] = [random.width(), random.pick([1, 2, 5, 16, 31, 64, 100, 257])]
    return {
      symbols: { S },
      inputs: {
        x: someZeros(random, floats(random, 'S', S, inputs)),
        dy: someZeros(random, floats(random, 'S', S, outputs)),
        dWeight: floats(random, outputs, outputs, inputs),
        dBias: random.next() < 0.5 ? floats(random, 1, 1, outputs) : null,
      },
      attributes: { scale: random.pick([1, 1, 0.3]) },
    }
  },
  reference({ inputs, attributes }) {
    const [x, dy] = [transposed(rowsOf(inputs.x!), inputs.x!.width), transposed(rowsOf(inputs.dy!), inputs.dy!.width)]
    const products = dy.map((d) => x.map((column) => (attributes.scale as number) * dot(d, column)))
    const dWeight = added(inputs.dWeight!, products)
    return inputs.dBias ? [dWeight, added(inputs.dBias, [dy.map(sum)])] : [dWeight]
  },
}

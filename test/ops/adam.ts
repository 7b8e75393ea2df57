import type { OpTest } from '../engine/program/op-tests.ts'
import { whole } from '../engine/program/random-operands.ts'

export const adam: OpTest = {
  case(random) {
    const size = random.pick([1, 2, 15, 16, 17, 100, 1000, 5000])
    const vector = () => whole(1, size, random.floats(size))
    const rates = [
      random.pick([1e-3, 0.1]),
      0.9,
      0.98,
      random.pick([1e-9, 1e-8]),
      random.pick([0, 0.1]),
      0.7,
      0.1,
      0.02,
    ]
    return {
      symbols: {},
      inputs: {
        gradients: vector(),
        rates: whole(1, 8, Float32Array.from(rates)),
        parameters: vector(),
        firstMoments: vector(),
        secondMoments: whole(1, size, random.floats(size).map(Math.abs)),
      },
      attributes: {},
    }
  },
  reference({ inputs }) {
    const [rate, beta1, beta2, epsilon, decay, clip, correction1, correction2] = Array.from(inputs.rates!.data)
    const [g, w, m, v] = ['gradients', 'parameters', 'firstMoments', 'secondMoments'].map((name) =>
      Array.from(inputs[name]!.data),
    )
    const first = m.map((value, i) => beta1 * value + (1 - beta1) * clip * g[i])
    const second = v.map((value, i) => beta2 * value + (1 - beta2) * (clip * g[i]) ** 2)
    const parameters = w.map((value, i) => {
      const step = first[i] / correction1 / (Math.sqrt(second[i] / correction2) + epsilon)
      return value - rate * (step + decay * value)
    })
    return [g.map(() => 0), parameters, first, second]
  },
}

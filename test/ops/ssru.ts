import { rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, sentences, whole } from '../engine/program/random-operands.ts'

export const op: OpTest = {
  case(random) {
    const [B, width] = [random.pick([0, 1, 2, 5]), random.width()]
    const { spans, total: T } = sentences(random, B, 40)
    const inputs = {
      x: floats(random, 'T', T, width),
      forget: floats(random, 'T', T, width),
      forgetBias: floats(random, 1, 1, width),
      spans: whole('B', 2, spans),
      residual: random.next() < 0.5 ? floats(random, 'T', T, width) : null,
    }
    return { symbols: { T, B }, inputs, attributes: { traced: random.next() < 0.4 } }
  },
  reference({ inputs, attributes }) {
    const [x, forget, [bias], spans] = [inputs.x!, inputs.forget!, inputs.forgetBias!, inputs.spans!].map(rowsOf)
    const residual = inputs.residual ? rowsOf(inputs.residual) : x.map((row) => row.map(() => 0))
    const gates = forget.map((row) => row.map((value, i) => 1 / (1 + Math.exp(-value - bias[i]))))
    const states: number[][] = []
    for (const [begin, end] of spans)
      for (let t = begin; t < end; t++) {
        const before = t > begin ? states[t - 1] : bias.map(() => 0)
        states.push(x[t].map((value, i) => gates[t][i] * before[i] + (1 - gates[t][i]) * value))
      }
    const recurred = states.map((row, t) => row.map((state, i) => Math.max(0, state) + residual[t][i]))
    return [recurred.flat(), states.flat(), ...(attributes.traced ? [gates.flat()] : [])]
  },
}

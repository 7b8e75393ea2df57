import { rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, type OpCase, sentences, whole } from '../engine/program/random-operands.ts'

export const ssru: OpTest = {
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

export const ssruGradient: OpTest = {
  case(random) {
    const { symbols, inputs }: OpCase = ssru.case(random)
    const { T } = symbols
    const { residual: _, ...given } = inputs
    const { width } = given.x!
    const [, states] = ssru.reference({ symbols, inputs: given, attributes: {} })
    return {
      symbols,
      inputs: {
        ...given,
        states: whole('T', width, Float32Array.from(states)),
        dRecurred: floats(random, 'T', T, width),
        dForgetBias: whole(1, width, random.floats(width)),
      },
      attributes: {},
    }
  },
  /** The derivative of every later output by every value, multiplied out: through all gates between them. */
  reference({ inputs }) {
    const [x, forget, states, dRecurred] = [inputs.x!, inputs.forget!, inputs.states!, inputs.dRecurred!].map(rowsOf)
    const [[bias], [dBias]] = [inputs.forgetBias!, inputs.dForgetBias!].map(rowsOf)
    const gate = (t: number, i: number) => 1 / (1 + Math.exp(-forget[t][i] - bias[i]))
    const dx = x.map((row) => row.map(() => 0))
    const dForget = x.map((row) => row.map(() => 0))
    const dForgetBias = [...dBias]
    for (const [begin, end] of rowsOf(inputs.spans!))
      for (let t = begin; t < end; t++)
        for (let i = 0; i < bias.length; i++) {
          let dState = 0
          for (let later = t, kept = 1; later < end; later++, kept *= later < end ? gate(later, i) : 0)
            if (states[later][i] > 0) dState += kept * dRecurred[later][i]
          const before = t > begin ? states[t - 1][i] : 0
          const g = gate(t, i)
          dx[t][i] = (1 - g) * dState
          dForget[t][i] = g * (1 - g) * (before - x[t][i]) * dState
          dForgetBias[i] += dForget[t][i]
        }
    return [dx.flat(), dForget.flat(), dForgetBias]
  },
  terms: ({ inputs }) => {
    const { data } = inputs.dRecurred!
    const most = Array.from(data).reduce((sum, value) => sum + Math.abs(value), 0)
    return [0, 0, most / Math.max(1, inputs.dRecurred!.width)]
  },
}

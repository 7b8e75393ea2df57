import { rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, type OpCase, whole } from '../engine/program/random-operands.ts'
import { op as ssru } from './ssru.ts'

export const op: OpTest = {
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

import { activations, added, dot, rowsOf, zeros } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, whole } from '../engine/program/random-operands.ts'
import { randomMixture } from './mixture.ts'

const STEP = 1e-4

export const op: OpTest = {
  case(random) {
    const c = randomMixture(random)
    const { gates, inner, outer } = c.inputs
    const outputs = (outer!.rows as number) / gates!.width
    const like = ({ rows, width }: typeof inner & object) => whole(rows, width, random.floats((rows as number) * width))
    c.inputs.dMixed = floats(random, 'S', c.symbols.S, outputs)
    c.inputs.dInner = like(inner!)
    c.inputs.dOuter = like(outer!)
    c.attributes = { activation: c.attributes.activation, scale: c.attributes.scale }
    return c
  },
  reference({ inputs, attributes }) {
    const [x, gates, inner, outer, dy] = ['x', 'gates', 'inner', 'outer', 'dMixed'].map((name) => rowsOf(inputs[name]!))
    const experts = inputs.gates!.width
    const [hidden, outputs] = [inner.length / experts, outer.length / experts]
    const { activation, scale } = attributes as { activation: string; scale: number }
    const f = activations[activation]
    const derivative = (u: number) => (activation === 'relu' ? Number(u > 0) : (f(u + STEP) - f(u - STEP)) / (2 * STEP))
    const [dx, dGates] = [zeros(x.length, inputs.x!.width), zeros(x.length, experts)]
    const [dInner, dOuter] = [zeros(inner.length, inputs.x!.width), zeros(outer.length, hidden)]
    x.forEach((row, s) => {
      gates[s].forEach((gate, e) => {
        if (!gate) return
        for (let j = 0; j < hidden; j++) {
          const at = e * hidden + j
          const u = dot(inner[at], row)
          const g = dy[s].reduce((sum, value, o) => sum + scale * value * outer[e * outputs + o][j], 0)
          dGates[s][e] += f(u) * g
          const du = gate * g * derivative(u)
          row.forEach((value, i) => {
            dx[s][i] += du * inner[at][i]
            dInner[at][i] += du * value
          })
          dy[s].forEach((value, o) => {
            dOuter[e * outputs + o][j] += scale * gate * value * f(u)
          })
        }
      })
    })
    return [dx.flat(), dGates.flat(), added(inputs.dInner!, dInner), added(inputs.dOuter!, dOuter)]
  },
  // Sums over rows and hidden numbers that cancel.
  terms: () => [20, 20, 20, 20],
  freeWidths: ['x', 'gates', 'inner', 'outer', 'dMixed', 'dInner', 'dOuter'],
}

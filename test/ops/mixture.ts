import { activations, added, dot, rowsOf, zeros } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, type OpCase, type Random, whole } from '../engine/program/random-operands.ts'

/** Experts of any size, with biases or without, and gates of which most are 0. */
function randomMixture(random: Random): OpCase {
  const [S, experts, inputs, hidden, outputs] = [
    random.pick([0, 1, 2, 7, 33, 150]),
    random.pick([1, 2, 3, 5]),
    random.pick([1, 3, 8, 16, 20]),
    random.pick([1, 5, 16, 24]),
    random.pick([1, 4, 16, 33]),
  ]
  const gates = floats(random, 'S', S, experts)
  gates.data.forEach((value, i) => {
    gates.data[i] = random.next() < 0.5 ? 0 : Math.abs(value) + 0.05
  })
  const bias = random.next() < 0.5
  const vector = (width: number) => whole(1, width, random.floats(width))
  return {
    symbols: { S },
    inputs: {
      x: floats(random, 'S', S, inputs),
      gates,
      inner: whole(experts * hidden, inputs, random.floats(experts * hidden * inputs)),
      outer: whole(experts * outputs, hidden, random.floats(experts * outputs * hidden)),
      ...(bias && { innerBias: vector(experts * hidden), outerBias: vector(experts * outputs) }),
    },
    attributes: {
      activation: random.pick(['none', 'relu', 'gelu', 'swish']),
      scale: random.pick([1, 0.3]),
      k: random.integer(1, experts),
    },
  }
}

export const mixture: OpTest = {
  case: randomMixture,
  reference({ inputs, attributes }) {
    const [x, gates, inner, outer] = ['x', 'gates', 'inner', 'outer'].map((name) => rowsOf(inputs[name]!))
    const experts = inputs.gates!.width
    const [hidden, outputs] = [inner.length / experts, outer.length / experts]
    const { activation, scale } = attributes as { activation: string; scale: number }
    const [b1, b2] = biasesOf(inputs)
    return [
      x.flatMap((row, s) => {
        const y = new Array<number>(outputs).fill(0)
        gates[s].forEach((gate, e) => {
          // Finite differences move a gate that is 0, which stands for no expert.
          if (Math.abs(gate) < 0.02) return
          const own = inner.slice(e * hidden, (e + 1) * hidden)
          const h = own.map((w, j) => activations[activation](dot(w, row) + b1(e * hidden + j)))
          outer.slice(e * outputs, (e + 1) * outputs).forEach((w, o) => {
            y[o] += gate * scale * (dot(w, h) + b2(e * outputs + o))
          })
        })
        return y
      }),
    ]
  },
  freeWidths: ['x', 'gates', 'inner', 'outer'],
}

/** The numbers of both biases by their columns; 0 where there is none. */
const biasesOf = (inputs: OpCase['inputs']) =>
  ['innerBias', 'outerBias'].map((name) => {
    const [row] = inputs[name] ? rowsOf(inputs[name]) : []
    return (column: number) => row?.[column] ?? 0
  })

const STEP = 1e-4

export const mixtureGradient: OpTest = {
  case(random) {
    const c = randomMixture(random)
    const { gates, inner, outer, innerBias, outerBias } = c.inputs
    const outputs = (outer!.rows as number) / gates!.width
    const like = ({ rows, width }: typeof inner & object) => whole(rows, width, random.floats((rows as number) * width))
    c.inputs.dMixed = floats(random, 'S', c.symbols.S, outputs)
    c.inputs.dInner = like(inner!)
    c.inputs.dOuter = like(outer!)
    if (innerBias) c.inputs.dInnerBias = like(innerBias)
    if (outerBias) c.inputs.dOuterBias = like(outerBias)
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
    const [b1, b2] = biasesOf(inputs)
    const [[dInnerBias], [dOuterBias]] = [zeros(1, inner.length), zeros(1, outer.length)]
    x.forEach((row, s) => {
      gates[s].forEach((gate, e) => {
        if (!gate) return
        dy[s].forEach((value, o) => {
          dGates[s][e] += scale * value * b2(e * outputs + o)
          dOuterBias[e * outputs + o] += scale * gate * value
        })
        for (let j = 0; j < hidden; j++) {
          const at = e * hidden + j
          const u = dot(inner[at], row) + b1(at)
          const g = dy[s].reduce((sum, value, o) => sum + scale * value * outer[e * outputs + o][j], 0)
          dGates[s][e] += f(u) * g
          const du = gate * g * derivative(u)
          dInnerBias[at] += du
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
    const written = [added(inputs.dInner!, dInner), added(inputs.dOuter!, dOuter)]
    if (inputs.innerBias) written.push(added(inputs.dInnerBias!, [dInnerBias]), added(inputs.dOuterBias!, [dOuterBias]))
    return [dx.flat(), dGates.flat(), ...written]
  },
  // Sums over rows and hidden numbers that cancel.
  terms: () => [20, 20, 20, 20, 20, 20],
  freeWidths: ['x', 'gates', 'inner', 'outer', 'dMixed', 'dInner', 'dOuter'],
}

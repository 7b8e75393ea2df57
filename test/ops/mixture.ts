import { activations, dot, rowsOf } from '../engine/program/mathematics.ts'
import type { OpTest } from '../engine/program/op-tests.ts'
import { floats, type OpCase, type Random, whole } from '../engine/program/random-operands.ts'

/** Experts of any size, and gates of which most are 0. */
export function randomMixture(random: Random): OpCase {
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
  return {
    symbols: { S },
    inputs: {
      x: floats(random, 'S', S, inputs),
      gates,
      inner: whole(experts * hidden, inputs, random.floats(experts * hidden * inputs)),
      outer: whole(experts * outputs, hidden, random.floats(experts * outputs * hidden)),
    },
    attributes: {
      activation: random.pick(['none', 'relu', 'gelu', 'swish']),
      scale: random.pick([1, 0.3]),
      k: random.integer(1, experts),
    },
  }
}

export const op: OpTest = {
  case: randomMixture,
  reference({ inputs, attributes }) {
    const [x, gates, inner, outer] = ['x', 'gates', 'inner', 'outer'].map((name) => rowsOf(inputs[name]!))
    const experts = inputs.gates!.width
    const [hidden, outputs] = [inner.length / experts, outer.length / experts]
    const { activation, scale } = attributes as { activation: string; scale: number }
    return [
      x.flatMap((row, s) => {
        const y = new Array<number>(outputs).fill(0)
        gates[s].forEach((gate, e) => {
          // Finite differences move a gate that is 0, which stands for no expert.
          if (Math.abs(gate) < 0.02) return
          const h = inner.slice(e * hidden, (e + 1) * hidden).map((w) => activations[activation](dot(w, row)))
          outer.slice(e * outputs, (e + 1) * outputs).forEach((w, o) => {
            y[o] += gate * scale * dot(w, h)
          })
        })
        return y
      }),
    ]
  },
  freeWidths: ['x', 'gates', 'inner', 'outer'],
}

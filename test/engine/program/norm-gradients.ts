/** Random operands and gradients of both norms. */
import { dot, rowsOf, sum } from './mathematics.ts'
import { floats, type OpCase, type Random, whole } from './random-operands.ts'

export function normGradient(random: Random, epsilon: number): OpCase {
  const [S, width] = [random.rows(), random.width()]
  return {
    symbols: { S },
    inputs: {
      x: floats(random, 'S', S, width),
      gamma: whole(1, width, random.floats(width)),
      dy: floats(random, 'S', S, width),
    },
    attributes: { epsilon },
  }
}

/** The gradient of a norm, with its statistics; and the magnitude of the terms whose difference it is. */
export function normGradients({ inputs, attributes }: OpCase, centered: boolean) {
  const statistics: number[] = []
  let terms = 0
  const dy = rowsOf(inputs.dy!)
  const dx = rowsOf(inputs.x!).flatMap((x, s) => {
    const mean = centered ? sum(x) / x.length : 0
    const scale = 1 / Math.sqrt(sum(x.map((v) => (v - mean) ** 2)) / x.length + (attributes.epsilon as number))
    const normed = x.map((v) => (v - mean) * scale)
    const d = dy[s].map((v, i) => v * inputs.gamma!.data[i])
    statistics.push(mean, scale)
    const shift = centered ? sum(d) / x.length : 0
    terms = Math.max(terms, ...d.map((v) => scale * Math.abs(v)))
    return d.map((v, i) => scale * (v - shift - (normed[i] * dot(d, normed)) / x.length))
  })
  return { gradients: [dx, statistics], terms: [terms, 0] }
}

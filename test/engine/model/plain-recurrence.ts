/** Alternatives to masked self-attention in a decoder, token by token as in the papers. */
type Rows = number[][]

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))

/**
 * Kim et al. 2019: x̃_t = W x_t, f_t = σ(W_f x_t + b_f), c_t = f_t ∘ c_{t−1} + (1 − f_t) ∘ x̃_t, h_t = relu(c_t). `candidates` x̃, `forgets`
 * W_f x + b_f, both [tokens, dModel].
 */
export function plainSsru(candidates: Rows, forgets: Rows): { gates: Rows; states: Rows; recurred: Rows } {
  const gates = forgets.map((row) => row.map(sigmoid))
  const states: Rows = []
  let before = candidates[0]?.map(() => 0) ?? []
  candidates.forEach((candidate, t) => {
    before = candidate.map((value, i) => gates[t][i] * before[i] + (1 - gates[t][i]) * value)
    states.push(before)
  })
  return { gates, states, recurred: states.map((row) => row.map((state) => Math.max(0, state))) }
}

/** Zhang et al. 2018, eq. 1: the mean of the inputs up to each position. */
export const plainMeans = (x: Rows): Rows =>
  x.map((row, t) => row.map((_, i) => x.slice(0, t + 1).reduce((sum, seen) => sum + seen[i], 0) / (t + 1)))

/** Zhang et al. 2018, eq. 3: σ(i) ∘ x + σ(f) ∘ y. */
export const plainGate = (inputGates: Rows, x: Rows, forgetGates: Rows, y: Rows): Rows =>
  x.map((row, t) => row.map((value, i) => sigmoid(inputGates[t][i]) * value + sigmoid(forgetGates[t][i]) * y[t][i]))

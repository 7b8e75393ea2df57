/** SliceNet's convolutions (Kaiser et al. 2017, 2.1 and 2.2), row by row as in the paper. */
type Rows = number[][]

/** The functions that a plain model computes with. */
interface Parts {
  /** A weight as rows. */
  matrix(name: string): Rows
  norm(name: string, x: Rows): Rows
  look(name: string, x: Rows): Rows
}

/** Kernels and dilations: four of a module, and two in front of attention to the source. */
const steps = [
  [3, 1],
  [3, 1],
  [15, 1],
  [15, 8],
  [5, 1],
  [5, 4],
]

/** ConvStep(x) = LayerNorm(SepConv(ReLU(x))). */
function plainStep({ matrix, norm }: Parts, name: string, x: Rows, i: number, causal: boolean): Rows {
  const [taps, dilation] = steps[i]
  const [kernel, pointwise] = [`${name}.step${i}.depthwise.weight`, `${name}.step${i}.pointwise.weight`].map(matrix)
  const positive = x.map((row) => row.map((value) => Math.max(0, value)))
  const first = causal ? taps - 1 : (taps - 1) / 2
  const convolved = x.map((row, t) =>
    row.map((_, c) => kernel.reduce((sum, w, j) => sum + w[c] * (positive[t + (j - first) * dilation]?.[c] ?? 0), 0)),
  )
  return norm(
    `${name}.step${i}.norm`,
    convolved.map((row) => pointwise.map((w) => w.reduce((sum, value, c) => sum + value * row[c], 0))),
  )
}

/** h₁ = Step₃(x), h₂ = x + Step₃(h₁), h₃ = Step₁₅(h₂), Step₁₅,δ₈(h₃); the residual connection adds x. */
export function plainModule(parts: Parts, name: string, x: Rows, causal: boolean): Rows {
  const { look } = parts
  const h1 = look(`${name}.step0`, plainStep(parts, name, x, 0, causal))
  const near = look(`${name}.step1`, plainStep(parts, name, h1, 1, causal))
  const h2 = x.map((row, t) => row.map((value, c) => value + near[t][c]))
  const h3 = look(`${name}.step2`, plainStep(parts, name, h2, 2, causal))
  return plainStep(parts, name, h3, 3, causal)
}

/** The queries of attention to the source: ConvStep₅ and ConvStep₅,δ₄. */
export const plainQueries = (parts: Parts, name: string, x: Rows): Rows =>
  plainStep(parts, name, plainStep(parts, name, x, 4, true), 5, true)

/** Gradients as a textbook writes them, in float64. */
import {
  activations,
  distantRows,
  divergence,
  dot,
  dropMask,
  projection,
  type Rows,
  rowsOf,
  smoothedLoss,
  softmax,
} from './mathematics.ts'
import type { OpCase, OperandCase } from './random-operands.ts'

const sum = (values: number[]) => values.reduce((a, b) => a + b, 0)
const transposed = (rows: Rows, width: number): Rows =>
  Array.from({ length: width }, (_, i) => rows.map((row) => row[i]))
const zeros = (rows: number, width: number): Rows =>
  Array.from({ length: rows }, () => new Array<number>(width).fill(0))

/** The whole array of an operand that the op adds to. */
function added(into: OperandCase, more: Rows): number[] {
  const result = Array.from(into.data)
  more.forEach((row, r) => {
    row.forEach((value, i) => {
      result[r * into.baseWidth + into.column + i] += value
    })
  })
  return result
}

function addTo(row: number[], factor: number, x: number[]): void {
  x.forEach((value, i) => {
    row[i] += factor * value
  })
}

/** The gradient of a norm, with its statistics; the magnitude of what the gradient is a difference of. */
function normGradients({ inputs, attributes }: OpCase, centered: boolean) {
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

/**
 * The gradients of one query row and head: of its scores (times scale), what these are differences of, and the weights that its values
 * were added with.
 */
function scoreGradients(q: number[], dz: number[], keys: Rows, values: Rows, scale: number, mask: number[] | null) {
  const p = softmax(keys.map((key) => scale * dot(q, key)))
  const d = values.map((value, j) => dot(dz, value) * (mask ? mask[j] : 1))
  const total = dot(p, d)
  return {
    ds: p.map((weight, j) => scale * weight * (d[j] - total)),
    terms: p.map((weight, j) => scale * weight * (Math.abs(d[j]) + dot(p, d.map(Math.abs)))),
    weights: p.map((weight, j) => weight * (mask ? mask[j] : 1)),
  }
}

/** Attributes of `distillation`. */
export interface Distillation {
  smoothing: number
  over: string
  scale: number
  teacherScale: number
  temperature: number
  share: number
}

/** Losses of rows, and through the output projection the gradients of their logits. */
function projectedGradients(
  inputs: OpCase['inputs'],
  scale: number,
  rows: { loss: number; dLogits: number[] }[],
): number[][] {
  const [x, weight] = [rowsOf(inputs.x!), rowsOf(inputs.weight!)]
  const dx = zeros(x.length, inputs.x!.width)
  const dWeight = zeros(weight.length, inputs.x!.width)
  const dBias = zeros(1, weight.length)
  rows.forEach(({ dLogits }, t) => {
    dLogits.forEach((value, o) => {
      const d = inputs.dLoss!.data[0] * value
      addTo(dx[t], scale * d, weight[o])
      addTo(dWeight[o], scale * d, x[t])
      dBias[0][o] += d
    })
  })
  const written = [rows.map(({ loss }) => loss), dx.flat(), added(inputs.dWeight!, dWeight)]
  return inputs.dBias ? [...written, added(inputs.dBias, dBias)] : written
}

/** The gradients of attention, and for each of them the magnitude of what it is a sum of where `summedTerms` has one. */
function attentionGradients({ inputs, attributes }: OpCase) {
  const { heads, scale, causal, dropout, site } = attributes as {
    heads: number
    scale: number
    causal: boolean
    dropout: number
    site: number
  }
  const [q, k, v, dz, queries, keys] = ['q', 'k', 'v', 'dz', 'queries', 'keys'].map((name) => rowsOf(inputs[name]!))
  const { width } = inputs.q!
  const [dq, dk, dv] = [zeros(q.length, width), zeros(k.length, width), zeros(k.length, width)]
  const distances = (inputs.relativeKeys?.rows ?? 0) as number
  const [dKeys, terms, dValues] = [1, 2, 3].map(() => zeros(distances, width / heads))
  queries.forEach(([begin, end], b) => {
    for (let i = begin; i < end; i++)
      for (let head = 0; head < heads; head++) {
        const cut = (row: number[]) => row.slice((head * width) / heads, ((head + 1) * width) / heads)
        const place = (row: number[]) => [...new Array<number>((head * width) / heads).fill(0), ...row]
        const [from, to] = keys[b]
        const last = causal ? Math.min(to, from + i - begin + 1) : to
        const mask = dropout ? dropMask(inputs.seed!.data[0], site, i * heads + head, last - from, dropout) : null
        const distant = distantRows(inputs, i - begin)
        const keysSeen = k.slice(from, last).map((row, j) => distant.key(cut(row), j))
        const valuesSeen = v.slice(from, last).map((row, j) => distant.value(cut(row), j))
        const of = scoreGradients(cut(q[i]), cut(dz[i]), keysSeen, valuesSeen, scale, mask)
        for (let j = 0; j < last - from; j++) {
          addTo(dq[i], of.ds[j], place(keysSeen[j]))
          addTo(dk[from + j], of.ds[j], place(cut(q[i])))
          addTo(dv[from + j], of.weights[j], place(cut(dz[i])))
          if (!distances) continue
          addTo(dKeys[distant.row(j)], of.ds[j], cut(q[i]))
          addTo(terms[distant.row(j)], of.terms[j], cut(q[i]).map(Math.abs))
          addTo(dValues[distant.row(j)], of.weights[j], cut(dz[i]))
        }
      }
  })
  const written = distances ? [added(inputs.dRelativeKeys!, dKeys), added(inputs.dRelativeValues!, dValues)] : []
  return { gradients: [dq.flat(), dk.flat(), dv.flat(), ...written], terms: [0, 0, 0, Math.max(0, ...terms.flat()), 0] }
}

/** Outputs and the arrays that the op writes to, in that order, flattened. */
export const gradientReferences: Record<string, (c: OpCase) => number[][]> = {
  activationGradient({ inputs, attributes }) {
    const f = activations[attributes.activation as string]
    const slope = (x: number) => (attributes.activation === 'relu' ? Number(x > 0) : (f(x + 1e-5) - f(x - 1e-5)) / 2e-5)
    const dy = rowsOf(inputs.dy!).flat()
    return [
      rowsOf(inputs.x!)
        .flat()
        .map((x, i) => dy[i] * slope(x)),
    ]
  },
  layerNormGradient: (c) => normGradients(c, true).gradients,
  rmsNormGradient: (c) => normGradients(c, false).gradients,
  normWeightGradient({ inputs }) {
    const dy = rowsOf(inputs.dy!)
    const statistics = rowsOf(inputs.statistics!)
    const products = rowsOf(inputs.x!).map((x, s) =>
      x.map((v, i) => dy[s][i] * (v - statistics[s][0]) * statistics[s][1]),
    )
    const sums = (rows: Rows) => [transposed(rows, inputs.x!.width).map(sum)]
    const dGamma = added(inputs.dGamma!, sums(products))
    return inputs.dBeta ? [dGamma, added(inputs.dBeta, sums(dy))] : [dGamma]
  },
  softmaxGradient({ inputs }) {
    const dy = rowsOf(inputs.dy!)
    // The weights are rounded, so their sum is not quite the 1 that it is of a softmax.
    const softmaxes = rowsOf(inputs.y!).map((y) => y.map((v) => v / sum(y)))
    return [softmaxes.flatMap((y, s) => y.map((v, i) => v * (dy[s][i] - dot(y, dy[s]))))]
  },
  logSoftmaxGradient({ inputs }) {
    const dy = rowsOf(inputs.dy!)
    return [rowsOf(inputs.y!).flatMap((y, s) => y.map((v, i) => dy[s][i] - Math.exp(v) * sum(dy[s])))]
  },
  tokenLogProbabilityGradient({ inputs }) {
    const dy = rowsOf(inputs.dy!)
    return [
      rowsOf(inputs.logits!).flatMap((logits, t) =>
        softmax(logits).map((p, i) => dy[t][0] * (Number(i === inputs.ids!.data[t]) - p)),
      ),
    ]
  },
  embedGradient({ inputs, attributes, symbols }) {
    const { scale, positionOffset } = attributes as { scale: number; positionOffset: number }
    const { width } = inputs.dx!
    const [table, positions] = [zeros(symbols.V, width), zeros(symbols.N, width)]
    rowsOf(inputs.dx!).forEach((dx, s) => {
      const token = inputs.tokens!.data[s]
      if (token >= 0) addTo(table[token], scale, dx)
      if (inputs.positions) addTo(positions[inputs.positions.data[s] + positionOffset], 1, dx)
    })
    const dTable = added(inputs.dTable!, table)
    return inputs.dPositionTable ? [dTable, added(inputs.dPositionTable, positions)] : [dTable]
  },
  linearInputGradient({ inputs, attributes }) {
    const columns = transposed(rowsOf(inputs.weight!), inputs.weight!.width)
    const gradients = rowsOf(inputs.dy!).map((dy) => columns.map((w) => (attributes.scale as number) * dot(dy, w)))
    const wanted = inputs.x && rowsOf(inputs.x)
    return [gradients.flatMap((row, r) => row.map((value, i) => (wanted && wanted[r][i] === 0 ? 0 : value)))]
  },
  linearWeightGradient({ inputs, attributes }) {
    const [x, dy] = [transposed(rowsOf(inputs.x!), inputs.x!.width), transposed(rowsOf(inputs.dy!), inputs.dy!.width)]
    const products = dy.map((d) => x.map((column) => (attributes.scale as number) * dot(d, column)))
    const dWeight = added(inputs.dWeight!, products)
    return inputs.dBias ? [dWeight, added(inputs.dBias, [dy.map(sum)])] : [dWeight]
  },
  attentionGradient: (c) => attentionGradients(c).gradients,
  crossEntropyGradient({ inputs, attributes }) {
    const { smoothing, over, scale } = attributes as { smoothing: number; over: string; scale: number }
    const rows = projection(inputs.x!, inputs.weight!, inputs.bias!, scale).map((logits, t) => {
      const { q, loss } = smoothedLoss(logits, inputs.ids!.data[t], smoothing, over)
      return { loss, dLogits: softmax(logits).map((p, o) => p - q[o]) }
    })
    return projectedGradients(inputs, scale, rows)
  },
  distillationGradient({ inputs, attributes }) {
    const { smoothing, over, scale, teacherScale, temperature, share } = attributes as unknown as Distillation
    const teacher = projection(inputs.teacherX!, inputs.teacherWeight!, inputs.teacherBias!, teacherScale)
    const rows = projection(inputs.x!, inputs.weight!, inputs.bias!, scale).map((logits, t) => {
      const { q, loss } = smoothedLoss(logits, inputs.ids!.data[t], smoothing, over)
      const [p, s] = [teacher[t], logits].map((row) => softmax(row.map((value) => value / temperature)))
      return {
        loss: (1 - share) * loss + share * temperature ** 2 * divergence(teacher[t], logits, temperature),
        dLogits: softmax(logits).map((own, o) => (1 - share) * (own - q[o]) + share * temperature * (s[o] - p[o])),
      }
    })
    return projectedGradients(inputs, scale, rows)
  },
  sumOfSquares({ inputs }) {
    const x = Array.from(inputs.x!.data)
    return [
      Array.from({ length: Math.ceil(x.length / 16384) }, (_, b) =>
        sum(x.slice(b * 16384, (b + 1) * 16384).map((v) => v * v)),
      ),
    ]
  },
  adafactor({ inputs }) {
    const [rate, fresh, least2, leastScale, clip, d, decay] = Array.from(inputs.rates!.data)
    const [G, W] = [rowsOf(inputs.gradients!), rowsOf(inputs.parameters!)]
    const squares = G.map((row) => row.map((g) => (clip * g) ** 2 + least2))
    const mean = (values: number[]) => sum(values) / values.length
    const rms = (rows: number[][]) => Math.sqrt(mean(rows.flat().map((value) => value ** 2)))
    const R = squares.map((row, r) => (1 - fresh) * inputs.rowMoments!.data[r] + fresh * mean(row))
    const C = W[0].map(
      (_, i) => (1 - fresh) * inputs.columnMoments!.data[i] + fresh * mean(squares.map((row) => row[i])),
    )
    const U = G.map((row, r) => row.map((g, i) => (clip * g) / Math.sqrt((R[r] * C[i]) / mean(R))))
    const over = Math.max(1, rms(U) / d)
    const step = rate * Math.max(leastScale, rms(W))
    const parameters = W.map((row, r) => row.map((w, i) => w - step * (U[r][i] / over + decay * w)))
    return [G.flat().map(() => 0), parameters.flat(), R, C]
  },
  adam({ inputs }) {
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

/**
 * The largest sum of magnitudes that an output is added up from, where that may be far larger than the sum: the gradients of a row's
 * scores have the sum 0, distances that are all clipped to one add them all up, and of a row that points where its gradient does a norm
 * leaves nothing.
 */
export const summedTerms: Record<string, (c: OpCase) => number[]> = {
  attentionGradient: (c) => attentionGradients(c).terms,
  layerNormGradient: (c) => normGradients(c, true).terms,
  rmsNormGradient: (c) => normGradients(c, false).terms,
}

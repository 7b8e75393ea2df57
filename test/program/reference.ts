/** The mathematics of fused ops put together from small steps in float64, as a reader would write it. */
import { type Distillation, gradientReferences } from './gradient-reference.ts'
import {
  activations,
  type Distant,
  distantRows,
  divergence,
  dot,
  dropMask,
  logSoftmax,
  projection,
  type Rows,
  rowsOf,
  smoothedLoss,
  softmax,
} from './mathematics.ts'
import type { OpCase } from './random-operands.ts'

/** Attention of one query row over key and value rows, per head → z and the weights of each key and head. */
function attend(
  q: number[],
  keys: Rows,
  values: Rows,
  heads: number,
  scale: number,
  distant: Distant,
  mask: (head: number) => number[] | null = () => null,
): { z: number[]; weights: Rows } {
  const dHead = q.length / heads
  const z = new Array<number>(q.length).fill(0)
  const weights = keys.map(() => new Array<number>(heads).fill(0))
  if (!keys.length) return { z, weights }
  for (let head = 0; head < heads; head++) {
    const cut = (row: number[]) => row.slice(head * dHead, (head + 1) * dHead)
    const kept = mask(head)
    const p = softmax(keys.map((key, j) => scale * dot(cut(q), distant.key(cut(key), j)))).map(
      (weight, j) => weight * (kept ? kept[j] : 1),
    )
    values.forEach((value, j) => {
      weights[j][head] = p[j]
      distant.value(cut(value), j).forEach((v, i) => {
        z[head * dHead + i] += p[j] * v
      })
    })
  }
  return { z, weights }
}

/** Outputs, in the order of the op's outputs, flattened. */
export const references: Record<string, (c: OpCase) => number[][]> = {
  ...gradientReferences,
  embed({ inputs, attributes }) {
    const table = rowsOf(inputs.table!)
    const positionTable = inputs.positionTable && rowsOf(inputs.positionTable)
    const { scale, positionOffset } = attributes as { scale: number; positionOffset: number }
    return [
      Array.from(inputs.tokens!.data).flatMap((token, s) => {
        const row =
          token < 0 ? new Array<number>(inputs.table!.width).fill(0) : table[token].map((value) => value * scale)
        return positionTable
          ? row.map((value, i) => value + positionTable[inputs.positions!.data[s] + positionOffset][i])
          : row
      }),
    ]
  },
  linear({ inputs, attributes }) {
    const { activation, scale } = attributes as { activation: string; scale: number }
    const weight = rowsOf(inputs.weight!)
    const residual = inputs.residual && rowsOf(inputs.residual)
    return [
      rowsOf(inputs.x!).flatMap((x, s) =>
        weight.map(
          (w, o) =>
            activations[activation](scale * dot(x, w) + (inputs.bias ? inputs.bias.data[o] : 0)) +
            (residual ? residual[s][o] : 0),
        ),
      ),
    ]
  },
  activation: ({ inputs, attributes }) => [
    rowsOf(inputs.x!)
      .flat()
      .map(activations[attributes.activation as string]),
  ],
  dropout({ inputs, attributes }) {
    const { rate, site } = attributes as { rate: number; site: number }
    const residual = inputs.residual && rowsOf(inputs.residual)
    return [
      rowsOf(inputs.x!).flatMap((x, s) => {
        const mask = dropMask(inputs.seed!.data[0], site, s, x.length, rate)
        return x.map((value, i) => value * mask[i] + (residual ? residual[s][i] : 0))
      }),
    ]
  },
  crossEntropy({ inputs, attributes }) {
    const { smoothing, over, scale } = attributes as { smoothing: number; over: string; scale: number }
    const logits = projection(inputs.x!, inputs.weight!, inputs.bias!, scale)
    return [logits.map((row, t) => smoothedLoss(row, inputs.ids!.data[t], smoothing, over).loss)]
  },
  distillation({ inputs, attributes }) {
    const { smoothing, over, scale, teacherScale, temperature, share } = attributes as unknown as Distillation
    const student = projection(inputs.x!, inputs.weight!, inputs.bias!, scale)
    const teacher = projection(inputs.teacherX!, inputs.teacherWeight!, inputs.teacherBias!, teacherScale)
    return [
      student.map((row, t) => {
        const { loss } = smoothedLoss(row, inputs.ids!.data[t], smoothing, over)
        return (1 - share) * loss + share * temperature ** 2 * divergence(teacher[t], row, temperature)
      }),
    ]
  },
  add: ({ inputs }) => {
    const b = rowsOf(inputs.b!).flat()
    return [
      rowsOf(inputs.a!)
        .flat()
        .map((value, i) => value + b[i]),
    ]
  },
  layerNorm: ({ inputs, attributes }) => [
    rowsOf(inputs.x!).flatMap((x) => {
      const mean = x.reduce((a, b) => a + b, 0) / x.length
      const variance = x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / x.length
      return x.map(
        (v, i) =>
          ((v - mean) / Math.sqrt(variance + (attributes.epsilon as number))) * inputs.gamma!.data[i] +
          inputs.beta!.data[i],
      )
    }),
  ],
  rmsNorm: ({ inputs, attributes }) => [
    rowsOf(inputs.x!).flatMap((x) => {
      const square = x.reduce((sum, value) => sum + value * value, 0) / x.length
      return x.map((v, i) => (v / Math.sqrt(square + (attributes.epsilon as number))) * inputs.gamma!.data[i])
    }),
  ],
  attention({ inputs, attributes }) {
    const { heads, scale, causal, traced, dropout, site } = attributes as {
      heads: number
      scale: number
      causal: boolean
      traced: boolean
      dropout: number
      site: number
    }
    const [q, k, v] = [inputs.q!, inputs.k!, inputs.v!].map(rowsOf)
    const [queries, keys] = [rowsOf(inputs.queries!), rowsOf(inputs.keys!)]
    const z: number[] = []
    const kept: number[] = []
    queries.forEach(([begin, end], b) => {
      const [from, to] = keys[b]
      for (let i = begin; i < end; i++) {
        const last = causal ? Math.min(to, from + i - begin + 1) : to
        const mask = (head: number) =>
          dropout ? dropMask(inputs.seed!.data[0], site, i * heads + head, last - from, dropout) : null
        const distant = distantRows(inputs, i - begin)
        const seen = attend(q[i], k.slice(from, last), v.slice(from, last), heads, scale, distant, mask)
        z.push(...seen.z)
        kept.push(...seen.weights.flat(), ...new Array<number>((to - last) * heads).fill(0))
      }
    })
    return traced ? [z, kept] : [z]
  },
  cachedAttention({ inputs, attributes }) {
    const { heads, scale, traced } = attributes as { heads: number; scale: number; traced: boolean }
    const [q, k, v] = [inputs.q!, inputs.k!, inputs.v!].map(rowsOf)
    const seen = rowsOf(inputs.spans!).map(([begin, end], r) => {
      const slots = Array.from(inputs.ancestors!.data.subarray(begin, end))
      return attend(
        q[r],
        slots.map((slot) => k[slot]),
        slots.map((slot) => v[slot]),
        heads,
        scale,
        distantRows(inputs, slots.length - 1),
      )
    })
    const z = seen.flatMap((row) => row.z)
    return traced ? [z, seen.flatMap((row) => row.weights.flat())] : [z]
  },
  writeCache({ inputs }) {
    const cache = inputs.cache!
    const result = Array.from(cache.data)
    rowsOf(inputs.x!).forEach((x, r) => {
      result.splice(inputs.slots!.data[r] * cache.baseWidth + cache.column, cache.width, ...x)
    })
    return [result]
  },
  softmax: ({ inputs }) => [rowsOf(inputs.x!).flatMap(softmax)],
  logSoftmax: ({ inputs }) => [rowsOf(inputs.x!).flatMap(logSoftmax)],
  tokenLogProbability: ({ inputs }) => [rowsOf(inputs.logits!).map((row, t) => logSoftmax(row)[inputs.ids!.data[t]])],
  candidates({ symbols, inputs, attributes }) {
    const logits = projection(inputs.x!, inputs.weight!, inputs.bias!, attributes.scale as number)
    const best = logits.map((row, r) => bestOf(row, editsOf(inputs, r), attributes).slice(0, symbols.C / symbols.R))
    return [best.flat().map(({ value }) => value), best.flat().map(({ id }) => id)]
  },
  listedCandidates({ symbols, inputs, attributes }) {
    const [lists, queries] = [rowsOf(inputs.lists!), rowsOf(inputs.queries!)]
    const logits = projection(inputs.x!, inputs.weight!, inputs.bias!, attributes.scale as number)
    const best = logits.map((row, r) => {
      const sentence = queries.findIndex(([begin, end]) => r >= begin && r < end)
      const ids = Array.from(inputs.listedIds!.data.subarray(...(lists[sentence] as [number, number])))
      const edits = editsOf(inputs, r).filter(({ id }) => ids.includes(id))
      const inPlaces = edits.map((edit) => ({ ...edit, id: ids.indexOf(edit.id) }))
      const found = ids.length
        ? bestOf(
            ids.map((id) => row[id]),
            inPlaces,
            attributes,
          )
        : []
      const k = symbols.C / symbols.R
      return Array.from({ length: k }, (_, i) =>
        i < found.length ? { value: found[i].value, id: ids[found[i].id] } : { value: -Infinity, id: -1 },
      )
    })
    return [best.flat().map(({ value }) => value), best.flat().map(({ id }) => id)]
  },
}

interface Edit {
  id: number
  kind: number
  value: number
}

function editsOf(inputs: OpCase['inputs'], row: number): Edit[] {
  const values = inputs.values!.data
  return rowsOf(inputs.edits!)
    .map(([at, id, kind], e) => ({ at, id, kind, value: values[e] }))
    .filter(({ at }) => at === row)
}

/** All ids of a row of logits, best first, after its edits. */
function bestOf(logits: number[], edits: readonly Edit[], { normalize }: OpCase['attributes']) {
  let row = normalize === 'after' ? [...logits] : logSoftmax(logits)
  for (const { id, kind, value } of edits) {
    if (kind === 0) row[id] = value
    else row[id] = row[id] < 0 ? row[id] * value : row[id] / value
  }
  if (normalize !== 'before') row = logSoftmax(row)
  return row
    .map((value, id) => ({ value, id }))
    .sort((a, b) => (b.value > a.value ? 1 : b.value < a.value ? -1 : a.id - b.id))
}

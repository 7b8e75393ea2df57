import { type Distant, dot, type Rows, softmax } from './mathematics.ts'

/** Attention of one query row over key and value rows, per head → z and the weights of each key and head. */
export function attend(
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
    const p = softmax(
      keys.map((key, j) => scale * (dot(cut(q), distant.key(cut(key), j)) + distant.bias(head, j))),
    ).map((weight, j) => weight * (kept ? kept[j] : 1))
    values.forEach((value, j) => {
      weights[j][head] = p[j]
      distant.value(cut(value), j).forEach((v, i) => {
        z[head * dHead + i] += p[j] * v
      })
    })
  }
  return { z, weights }
}

/**
 * The gradients of one query row and head: of its scores (times scale), what these are differences of, and the weights that its values
 * were added with.
 */
export function scoreGradients(
  q: number[],
  dz: number[],
  keys: Rows,
  biases: number[],
  values: Rows,
  scale: number,
  mask: number[] | null,
) {
  const p = softmax(keys.map((key, j) => scale * (dot(q, key) + biases[j])))
  const d = values.map((value, j) => dot(dz, value) * (mask ? mask[j] : 1))
  const total = dot(p, d)
  return {
    ds: p.map((weight, j) => scale * weight * (d[j] - total)),
    terms: p.map((weight, j) => scale * weight * (Math.abs(d[j]) + dot(p, d.map(Math.abs)))),
    weights: p.map((weight, j) => weight * (mask ? mask[j] : 1)),
  }
}

import type { Matrix } from '../../interface/backend.ts'

/** The values that `bestOf` keeps of a row; the arrays grow when a call keeps more. */
let kept = new Float32Array(0)

let keptIds = new Int32Array(0)

/** Where `bestOf` writes: rows of two columns, from row `at` on. */
export interface Best {
  scores: Matrix
  ids: Matrix
  at: number
}

/**
 * Finds the k highest values of a row that begins at `from`, and writes them, less `norm`, and their ids: best first, by a heap whose first
 * entry is the worst that is kept. −∞ and NaN rank last; the lower id goes first on a tie.
 */
export function bestOf(row: Matrix, from: number, norm: number, k: number, { scores, ids, at }: Best): void {
  if (kept.length < k) {
    kept = new Float32Array(k)
    keptIds = new Int32Array(k)
  }
  const numberOf = (id: number) => (Number.isNaN(row.data[from + id]) ? -Infinity : row.data[from + id])
  /** Puts a value into a heap of `count` entries, at place `first` or below it where worse entries are. */
  const sink = (value: number, id: number, first: number, count: number) => {
    const isWorse = (a: number, b: number) => kept[a] < kept[b] || (kept[a] === kept[b] && keptIds[a] > keptIds[b])
    let place = first
    for (let child = 2 * place + 1; child < count; child = 2 * place + 1) {
      if (child + 1 < count && isWorse(child + 1, child)) child++
      if (kept[child] > value || (kept[child] === value && keptIds[child] < id)) break
      kept[place] = kept[child]
      keptIds[place] = keptIds[child]
      place = child
    }
    kept[place] = value
    keptIds[place] = id
  }
  for (let id = k - 1; id >= 0; id--) sink(numberOf(id), id, id, k)
  for (let id = k; id < row.width; id++) if (row.data[from + id] > kept[0]) sink(row.data[from + id], id, 0, k)
  for (let count = k - 1; count > 0; count--) {
    const [worst, worstId] = [kept[0], keptIds[0]]
    sink(kept[count], keptIds[count], 0, count)
    kept[count] = worst
    keptIds[count] = worstId
  }
  const subtracted = norm > -Infinity ? norm : 0
  for (let i = 0; i < k; i++) {
    scores.data[scores.offset + (at + i) * scores.stride] = kept[i] - subtracted
    ids.data[ids.offset + (at + i) * ids.stride] = keptIds[i]
  }
}

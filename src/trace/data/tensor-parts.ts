import { GlassformerError } from '../../base/errors.ts'
import type { TracedTensor } from './trace.ts'

/** One head of scores or weights [heads, queries, keys]: [queries, keys]. @throws GlassformerError ERR_OPTION */
export function headOf({ shape, values }: TracedTensor, head: number): TracedTensor {
  if (shape.length !== 3)
    throw refusal(`a tensor of the shape [${shape.join(', ')}] has no heads: headColumns cuts columns`)
  const [heads, queries, keys] = shape
  within('head', head, heads)
  return { shape: [queries, keys], values: values.slice(head * queries * keys, (head + 1) * queries * keys) }
}

/** One head of queries, keys, values or Z [rows, heads · dHead]: [rows, dHead]. @throws GlassformerError ERR_OPTION */
export function headColumns({ shape, values }: TracedTensor, heads: number, head: number): TracedTensor {
  if (shape.length !== 2 || shape[1] % heads)
    throw refusal(`a tensor of the shape [${shape.join(', ')}] cannot be cut into ${heads} heads`)
  const [rows, width] = shape
  within('head', head, heads)
  const dHead = width / heads
  const cut = new Float32Array(rows * dHead)
  for (let row = 0; row < rows; row++) {
    const from = row * width + head * dHead
    cut.set(values.subarray(from, from + dHead), row * dHead)
  }
  return { shape: [rows, dHead], values: cut }
}

/** The row of one token or step: [width] of [rows, width], [heads, keys] of [heads, queries, keys]. @throws GlassformerError ERR_OPTION */
export function rowOf({ shape, values }: TracedTensor, row: number): TracedTensor {
  const width = shape[shape.length - 1]
  const rows = shape[shape.length - 2]
  within('row', row, rows)
  if (shape.length === 2) return { shape: [width], values: values.slice(row * width, (row + 1) * width) }
  const heads = shape[0]
  const cut = new Float32Array(heads * width)
  for (let head = 0; head < heads; head++) {
    const from = (head * rows + row) * width
    cut.set(values.subarray(from, from + width), head * width)
  }
  return { shape: [heads, width], values: cut }
}

const refusal = (what: string) => new GlassformerError('ERR_OPTION', what)

function within(what: string, index: number, count: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= count)
    throw refusal(`there is no ${what} ${index} of ${count}, 0 to ${count - 1}`)
}

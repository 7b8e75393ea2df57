/** Ids in rows of one length, as transformers.js gives them: `data` in row-major order, `dims` [rows, length]. */
export class Tensor {
  readonly type = 'int64'
  readonly data: BigInt64Array
  readonly dims: readonly [rows: number, length: number]

  constructor(rows: readonly (readonly number[])[], padding: number) {
    const length = Math.max(0, ...rows.map((row) => row.length))
    this.dims = [rows.length, length]
    this.data = new BigInt64Array(rows.length * length).fill(BigInt(padding))
    rows.forEach((row, r) => {
      row.forEach((id, c) => {
        this.data[r * length + c] = BigInt(id)
      })
    })
  }

  get size(): number {
    return this.data.length
  }

  /** The rows as lists, of bigint as transformers.js has them. */
  tolist(): bigint[][] {
    const [rows, length] = this.dims
    return Array.from({ length: rows }, (_, r) => [...this.data.subarray(r * length, (r + 1) * length)])
  }
}

/** Ids in rows, as callers may have them. */
export type IdRows = Tensor | readonly (readonly (number | bigint)[])[] | readonly (number | bigint)[]

/** The rows as numbers; a single row is one of several. */
export function rowsOf(ids: IdRows): number[][] {
  const rows = ids instanceof Tensor ? ids.tolist() : (ids as readonly unknown[])
  const isSingle = rows.length > 0 && !Array.isArray(rows[0])
  return ((isSingle ? [rows] : rows) as (number | bigint)[][]).map((row) => row.map(Number))
}

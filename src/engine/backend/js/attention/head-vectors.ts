import type { Matrix } from '../../interface/backend.ts'

/** Some numbers that lie one after the other. */
export interface Vector {
  data: Matrix['data']
  at: number
  length: number
}

/** The columns of a head in a row. */
export const headOf = ({ data, offset, stride }: Matrix, row: number, head: number, dHead: number): Vector => ({
  data,
  at: offset + row * stride + head * dHead,
  length: dHead,
})

export function dot(a: Vector, b: Vector): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a.data[a.at + i] * b.data[b.at + i]
  return sum
}

/** into += factor · x */
export function addScaled(into: Vector, factor: number, x: Vector): void {
  for (let i = 0; i < x.length; i++) into.data[into.at + i] += factor * x.data[x.at + i]
}

/** The offset of the table's row [2 clip + 1, dHead] for the query at `query` of its sentence and the key at `key`. */
export function distanceAt({ offset, rows, stride }: Matrix, query: number, key: number): number {
  const clip = (rows - 1) / 2
  return offset + (clip + Math.max(-clip, Math.min(clip, key - query))) * stride
}

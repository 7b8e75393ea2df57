import type { Matrix } from '../backend.ts'

/** Where the table [2 clip + 1, dHead] has its row for a query that stands at `query` of its sentence and a key at `key`. */
export function distanceAt({ offset, rows, stride }: Matrix, query: number, key: number): number {
  const clip = (rows - 1) / 2
  return offset + (clip + Math.max(-clip, Math.min(clip, key - query))) * stride
}

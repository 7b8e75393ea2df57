import type { Matrix } from '../../interface/backend.ts'

/** The offset of the table's row [2 clip + 1, dHead] for the query at `query` of its sentence and the key at `key`. */
export function distanceAt({ offset, rows, stride }: Matrix, query: number, key: number): number {
  const clip = (rows - 1) / 2
  return offset + (clip + Math.max(-clip, Math.min(clip, key - query))) * stride
}

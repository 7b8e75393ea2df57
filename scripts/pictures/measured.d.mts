/** A cell of `npm run bench -- --json` with the fields that charts use. */
export interface MeasuredCell {
  bench: string
  case: string
  model: string
  precision: string
  threads: number
  batch: number
  beam: number
  backend: string
  tokensPerSecond: number
  ratio: number | null
  peer: string | null
  date: string
  commit: string
  cpu: string
}

export function measured(): MeasuredCell[]
export function pairsOf(cells: readonly MeasuredCell[], bench: string): { ours: MeasuredCell; theirs: MeasuredCell }[]
export function speed(cell: MeasuredCell): string

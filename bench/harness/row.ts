/** One contender on one case: an object of the JSON. */
export interface Cell {
  bench: string
  case: string
  model: string | null
  backend: string
  precision: string
  isa: string
  blas: string
  threads: number
  /** The settings that a peer has found fastest, where it has tried several. */
  settings?: string
  batch: number | null
  beam: number | null
  /** The seconds of one run: the median of the rounds. */
  seconds: number
  rounds: number
  gflops?: number
  tokensPerSecond?: number
  /** How many times as fast as `peer`, the median of the ratios round by round; null where there is no peer. */
  ratio: number | null
  peer: string | null
  /** The share of the time spent in programs; only where there is work around them. */
  shareOfPrograms?: number
}

/** A measured row: its cells by the contenders' names, and the ratios of the possible comparisons. */
export interface Row {
  label: string
  cells: ReadonlyMap<string, Cell>
  ratios: ReadonlyMap<string, number>
}

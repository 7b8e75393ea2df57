/** The default minimum number of rounds. */
const FEWEST_ROUNDS = 3
/** A run of more seconds than this is not repeated, because it warms itself up. */
const SLOW_RUN = 3

/** Makes `runs` runs, one after the other, and returns their total seconds. */
export type TimedRuns = (runs: number) => number | Promise<number>

/**
 * Seconds of one run, [side][round]. All sides are measured in turn, A B C C B A A B C …, so that a disturbance of the machine disturbs all
 * of them, and no side always finds the caches that the same other side has left. A turn is as many runs as fit into its share of a tenth
 * of `seconds`, or into an eighth of the slowest side's run where that is more; it counts as one value, their mean. Every side is warmed up
 * first: compiled, its memory touched. A slow side has that one run for its only round.
 */
export async function interleave(
  sides: readonly TimedRuns[],
  seconds: number,
  fewestRounds = FEWEST_ROUNDS,
): Promise<number[][]> {
  const first: number[] = []
  for (const side of sides) first.push(await side(1))
  const measured = first.map((run) => (run > SLOW_RUN ? [run] : []))
  const repeated = sides.flatMap((side, i) => (first[i] > SLOW_RUN ? [] : [{ side, i }]))
  if (!repeated.length) return measured
  const slowest = Math.max(...repeated.map(({ i }) => first[i]))
  const turn = Math.max(seconds / (10 * sides.length), slowest / 8)
  const runs: number[] = []
  for (const { side, i } of repeated) runs[i] = first[i] < turn ? await runsPerTurn(side, first[i], turn) : 1
  const began = performance.now()
  for (let rounds = 0; rounds < fewestRounds || performance.now() - began < 1000 * seconds; rounds++) {
    for (const { side, i } of repeated) measured[i].push((await side(runs[i])) / runs[i])
    repeated.reverse()
  }
  return measured
}

/** Warms a side up for about one turn, and computes from the second half how many runs fit into a turn. */
async function runsPerTurn(side: TimedRuns, first: number, turn: number): Promise<number> {
  const half = Math.ceil((0.5 * turn) / first)
  const cold = (await side(half)) / half
  const most = Math.max(1, Math.floor((0.5 * turn) / cold))
  const warm = (await side(most)) / most
  return Math.max(1, Math.floor(turn / warm))
}

/** Times a function that runs in this process and returns when it is done. */
export function timed(run: () => unknown): TimedRuns {
  return (runs) => {
    const began = performance.now()
    for (let i = 0; i < runs; i++) run()
    return (performance.now() - began) / 1000
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** The value at this quantile of the values. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]
}

/**
 * The speed of a side relative to `other`: the median of the ratios round by round; a single round is compared with
 * each.
 */
export function speedRatio(side: readonly number[], other: readonly number[]): number {
  const rounds = Math.max(side.length, other.length)
  const at = (values: readonly number[], round: number) => values[Math.min(round, values.length - 1)]
  return median(Array.from({ length: rounds }, (_, round) => at(other, round) / at(side, round)))
}

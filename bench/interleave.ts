/** What measuring some sides in turn came to. */
export interface Interleaved {
  /** [side][round]: seconds of one run. */
  seconds: number[][]
}

/** Rounds that there are at least, unless one takes longer than SLOW_ROUND. */
const FEWEST_ROUNDS = 3
/** Seconds. */
const SLOW_ROUND = 5

/**
 * Measures all sides in turn, A B C A B C …, so that what disturbs the machine disturbs all of them. A turn is as many runs as
 * fit into its share of a tenth of `seconds` (one at least), and counts as one value, their mean. Every side runs before that
 * until it is warm: compiled, and its memory touched.
 */
export function interleave(sides: readonly (() => unknown)[], seconds: number): Interleaved {
  const turn = seconds / (10 * sides.length)
  const runs = sides.map((side) => runsPerTurn(side, turn))
  const measured: number[][] = sides.map(() => [])
  const began = performance.now()
  for (let rounds = 0; ; rounds++) {
    const elapsed = (performance.now() - began) / 1000
    const enough = elapsed >= SLOW_ROUND ? 1 : FEWEST_ROUNDS
    if (rounds >= enough && elapsed >= seconds) return { seconds: measured }
    sides.forEach((side, i) => {
      measured[i].push(secondsPerRun(side, runs[i]))
    })
  }
}

/** Runs a side for one turn, and tells from its second half how many runs a turn has room for. */
function runsPerTurn(side: () => unknown, turn: number): number {
  const first = secondsPerRun(side, 1)
  if (first >= turn) return 1
  const cold = secondsPerRun(side, Math.ceil((0.5 * turn) / first))
  const warm = secondsPerRun(side, Math.max(1, Math.floor((0.5 * turn) / cold)))
  return Math.max(1, Math.floor(turn / warm))
}

function secondsPerRun(side: () => unknown, runs: number): number {
  const began = performance.now()
  for (let run = 0; run < runs; run++) side()
  return (performance.now() - began) / 1000 / runs
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** How many times as fast as `other` a side is: the median of the ratios round by round. */
export function speedRatio(side: readonly number[], other: readonly number[]): number {
  return median(side.map((seconds, round) => other[round] / seconds))
}

/** Rounds that there are at least. */
const FEWEST_ROUNDS = 3
/** A run of more seconds than this is not repeated: on such a scale it is warm by itself. */
const SLOW_RUN = 3

/**
 * Seconds of one run, [side][round]. All sides are measured in turn, A B C C B A A B C …, so that what disturbs the machine
 * disturbs all of them, and none always finds the caches that another has left. A turn is as many runs as fit into its share of
 * a tenth of `seconds` (one at least), and counts as one value, their mean. Every side is warmed up first: compiled, its memory
 * touched. A slow side has that one run for its only round.
 */
export function interleave(sides: readonly (() => unknown)[], seconds: number): number[][] {
  const turn = seconds / (10 * sides.length)
  const warm = sides.map((side) => warmUp(side, turn))
  const measured = warm.map(({ first }) => (first > SLOW_RUN ? [first] : []))
  if (warm.every(({ first }) => first > SLOW_RUN)) return measured
  const repeated = sides.flatMap((side, i) => (warm[i].first > SLOW_RUN ? [] : [{ side, i }]))
  const began = performance.now()
  for (let rounds = 0; rounds < FEWEST_ROUNDS || performance.now() - began < 1000 * seconds; rounds++) {
    for (const { side, i } of repeated) measured[i].push(secondsPerRun(side, warm[i].runsPerTurn))
    repeated.reverse()
  }
  return measured
}

/** Runs a side for about one turn: the seconds of the first run, and how many runs a turn has room for. */
function warmUp(side: () => unknown, turn: number): { first: number; runsPerTurn: number } {
  const first = secondsPerRun(side, 1)
  if (first >= turn) return { first, runsPerTurn: 1 }
  const cold = secondsPerRun(side, Math.ceil((0.5 * turn) / first))
  const warm = secondsPerRun(side, Math.max(1, Math.floor((0.5 * turn) / cold)))
  return { first, runsPerTurn: Math.max(1, Math.floor(turn / warm)) }
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

/** How many times as fast as `other` a side is: the median of the ratios round by round; a single round is set against each. */
export function speedRatio(side: readonly number[], other: readonly number[]): number {
  const rounds = Math.max(side.length, other.length)
  const at = (values: readonly number[], round: number) => values[Math.min(round, values.length - 1)]
  return median(Array.from({ length: rounds }, (_, round) => at(other, round) / at(side, round)))
}

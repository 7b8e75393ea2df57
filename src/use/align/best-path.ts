/** How many sentences of each side a bead may have; a side with none is a gap. */
export const BEADS = [
  [1, 1],
  [1, 0],
  [0, 1],
  [1, 2],
  [2, 1],
  [2, 2],
] as const

/** A bead of an alignment: sentences [from, to) of both sides that say the same. */
export interface Bead {
  sources: [number, number]
  targets: [number, number]
}

/** What two texts cost to align. */
export interface Costs {
  /** Sentences of each side. */
  sources: number
  targets: number
  /** The cost of the `a` sentences before `i` beside the `b` before `j`; one of `a` and `b` may be 0. */
  cost(i: number, j: number, a: number, b: number): number
  /** The same texts with every two sentences taken as one. */
  coarser(): Costs
}

/** Cells of a table that is searched whole, and how far from a coarser path a larger one is searched. */
const WHOLE = 1 << 20
const RADIUS = 24

/**
 * The beads of least cost in the order of both texts, by dynamic programming. A large table is searched near the path of a coarser one
 * (Salvador and Chan 2007, as Thompson and Koehn 2019 use it), so that time and memory are linear in the length of the texts.
 */
export function bestPath(costs: Costs): Bead[] {
  const { sources, targets } = costs
  if ((sources + 1) * (targets + 1) <= WHOLE) return searched(costs, () => [0, targets])
  return searched(costs, around(bestPath(costs.coarser()), sources, targets))
}

/** The targets at which each source is searched: near where the coarser path has it. */
function around(path: readonly Bead[], sources: number, targets: number): (i: number) => [number, number] {
  const low = new Int32Array(sources + 1).fill(targets)
  const high = new Int32Array(sources + 1)
  for (const bead of path) {
    const last = Math.min(sources, 2 * bead.sources[1] + 1)
    for (let i = 2 * bead.sources[0]; i <= last; i++) {
      low[i] = Math.min(low[i], Math.max(0, 2 * bead.targets[0] - RADIUS))
      high[i] = Math.max(high[i], Math.min(targets, 2 * bead.targets[1] + 1 + RADIUS))
    }
  }
  low[0] = 0
  high[sources] = targets
  // Neighbouring rows overlap, so that there is always a path.
  for (let i = 1; i <= sources; i++) high[i] = Math.max(high[i], high[i - 1])
  for (let i = sources - 1; i >= 0; i--) low[i] = Math.min(low[i], low[i + 1])
  return (i) => [low[i], high[i]]
}

function searched(costs: Costs, window: (i: number) => [number, number]): Bead[] {
  const { sources, targets } = costs
  const lows: number[] = []
  const totals: Float64Array[] = []
  const chosen: Uint8Array[] = []
  const totalAt = (i: number, j: number) => (i < 0 || j < 0 ? Infinity : (totals[i][j - lows[i]] ?? Infinity))
  for (let i = 0; i <= sources; i++) {
    const [low, high] = window(i)
    lows.push(low)
    totals.push(new Float64Array(high - low + 1).fill(Infinity))
    chosen.push(new Uint8Array(high - low + 1))
    for (let j = low; j <= high; j++) {
      if (i === 0 && j === 0) totals[0][0] = 0
      BEADS.forEach(([a, b], kind) => {
        const before = totalAt(i - a, j - b)
        if (before === Infinity) return
        const total = before + costs.cost(i, j, a, b)
        if (total >= totals[i][j - low]) return
        totals[i][j - low] = total
        chosen[i][j - low] = kind
      })
    }
  }
  const beads: Bead[] = []
  for (let [i, j] = [sources, targets]; i > 0 || j > 0; ) {
    const [a, b] = BEADS[chosen[i][j - lows[i]]]
    beads.push({ sources: [i - a, i], targets: [j - b, j] })
    i -= a
    j -= b
  }
  return beads.reverse()
}

import { normalized } from '../encode/worker/pooled.ts'
import type { Costs } from './best-path.ts'

/** The vectors of a text's sentences, and of every two neighbours as one text: `pairs[i]` is of sentences i and i + 1. Lengths are 1. */
export interface SideVectors {
  singles: readonly Float32Array[]
  pairs: readonly Float32Array[]
}

/** Sentences of the other side that say how near a vector is to any. */
const SAMPLES = 32

/**
 * The share of the cost of two sentences that have nothing to do with each other at which a sentence is left alone. Two gaps then cost less than
 * such a pair, and more than a free translation.
 */
const GAP = 0.42

/** The same share for each sentence by which a bead is larger than 1-1: such beads are rare. */
const JOINED = 0.1

/** How alike two vectors of length 1 are. */
export function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i]
  return sum
}

/**
 * The cost of Vecalign (Thompson and Koehn 2019, section 3.2): the distance of two vectors, times the numbers of their sentences, in proportion to
 * how far each is from sentences of the other side that were taken at random. A gap costs a share of the median of sentences taken at random.
 */
export function vectorCosts(source: SideVectors, target: SideVectors): Costs {
  const [sourceMeans, targetMeans] = [meansBeside(source, target.singles), meansBeside(target, source.singles)]
  const of = <T>(side: { singles: ArrayLike<T>; pairs: ArrayLike<T> }, end: number, count: number): T =>
    count === 1 ? side.singles[end - 1] : side.pairs[end - 2]
  const beside = (i: number, j: number, a: number, b: number) => {
    const distance = 1 - cosine(of(source, i, a), of(target, j, b))
    const usual = (of(sourceMeans, i, a) + of(targetMeans, j, b)) / 2
    return (distance * a * b) / Math.max(usual, 1e-6)
  }
  const random = medianOfRandom(source.singles.length, target.singles.length, (i, j) => beside(i, j, 1, 1))
  return {
    sources: source.singles.length,
    targets: target.singles.length,
    cost: (i, j, a, b) => (a === 0 || b === 0 ? GAP * random : beside(i, j, a, b) + JOINED * random * (a + b - 2)),
    coarser: () => vectorCosts(coarserSide(source), coarserSide(target)),
  }
}

/** The mean distance of each vector from some of the other side. */
function meansBeside({ singles, pairs }: SideVectors, others: readonly Float32Array[]) {
  const step = Math.max(1, others.length / SAMPLES)
  const samples: Float32Array[] = []
  for (let at = 0; at < others.length; at += step) samples.push(others[Math.floor(at)])
  const mean = (vector: Float32Array) =>
    samples.reduce((sum, sample) => sum + 1 - cosine(vector, sample), 0) / Math.max(1, samples.length)
  return { singles: Float64Array.from(singles, mean), pairs: Float64Array.from(pairs, mean) }
}

/** The median of costs of pairs all over the table, which are hardly ever translations. */
function medianOfRandom(sources: number, targets: number, cost: (i: number, j: number) => number): number {
  if (sources === 0 || targets === 0) return 1
  const costs: number[] = []
  // Multiples of the golden ratio lie evenly, and on no diagonal.
  for (let k = 1; k <= 400; k++)
    costs.push(cost(1 + Math.floor(((k * 0.618034) % 1) * sources), 1 + Math.floor(((k * 0.754878) % 1) * targets)))
  return costs.sort((a, b) => a - b)[costs.length >> 1]
}

function coarserSide({ singles, pairs }: SideVectors): SideVectors {
  const merged = singles.flatMap((single, i) => (i % 2 ? [] : i + 1 < singles.length ? [pairs[i]] : [single]))
  return { singles: merged, pairs: neighbours(merged) }
}

/** Every two neighbouring vectors as one, where their texts are not embedded together. */
export const neighbours = (vectors: readonly Float32Array[]): Float32Array[] =>
  vectors.slice(1).map((next, i) => normalized(next.map((value, c) => value + vectors[i][c])))

import { cosine } from './vector-costs.ts'

/** Two sentences of unordered heaps, and their margin. */
export interface Mined {
  source: number
  target: number
  score: number
}

/** Neighbours whose mean a pair is compared with (Artetxe and Schwenk 2019, k). */
const NEIGHBOURS = 4

/** Sentences after which the event loop has its turn. */
const TURN = 16

/** The best of a row: its nearest so many by falling similarity, their mean, and itself. */
interface Near {
  index: number[]
  similarity: number[]
}

/**
 * Pairs of two heaps by the margin criterion (Artetxe and Schwenk 2019, ratio): the cosine of a pair over the mean of the cosines of each with its
 * nearest neighbours on the other side. Candidates of both directions are taken by falling margin, each sentence once. Vectors have the length 1;
 * time grows with the product of both heaps.
 */
export async function mined(
  source: readonly Float32Array[],
  target: readonly Float32Array[],
  least: number,
): Promise<Mined[]> {
  const nearTargets = source.map(none)
  const nearSources = target.map(none)
  for (let i = 0; i < source.length; i++) {
    for (let j = 0; j < target.length; j++) {
      const similarity = cosine(source[i], target[j])
      insert(nearTargets[i], j, similarity)
      insert(nearSources[j], i, similarity)
    }
    if (i % TURN === 0) await new Promise(setImmediate)
  }
  const [ofSource, ofTarget] = [nearTargets.map(meanOf), nearSources.map(meanOf)]
  const candidates = new Map<number, Mined>()
  const add = (i: number, j: number, similarity: number) => {
    const score = similarity / Math.max(1e-6, (ofSource[i] + ofTarget[j]) / 2)
    if (similarity > 0 && score >= least) candidates.set(i * target.length + j, { source: i, target: j, score })
  }
  nearTargets.forEach(({ index, similarity }, i) => {
    index.forEach((j, k) => {
      add(i, j, similarity[k])
    })
  })
  nearSources.forEach(({ index, similarity }, j) => {
    index.forEach((i, k) => {
      add(i, j, similarity[k])
    })
  })
  const [usedSources, usedTargets] = [new Set<number>(), new Set<number>()]
  return [...candidates.values()]
    .sort((a, b) => b.score - a.score || a.source - b.source || a.target - b.target)
    .filter(({ source: i, target: j }) => {
      if (usedSources.has(i) || usedTargets.has(j)) return false
      usedSources.add(i)
      usedTargets.add(j)
      return true
    })
}

const none = (): Near => ({ index: [], similarity: [] })

function insert({ index, similarity }: Near, at: number, value: number): void {
  if (index.length === NEIGHBOURS && value <= similarity[NEIGHBOURS - 1]) return
  let place = similarity.length
  while (place > 0 && similarity[place - 1] < value) place--
  index.splice(place, 0, at)
  similarity.splice(place, 0, value)
  index.length = similarity.length = Math.min(NEIGHBOURS, index.length)
}

const meanOf = ({ similarity }: Near): number => similarity.reduce((a, b) => a + b, 0) / Math.max(1, similarity.length)

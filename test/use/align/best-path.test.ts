import { expect, it } from 'vitest'
import { mined } from '#dist/use/align/align.js'
import { type Bead, bestPath } from '#dist/use/align/best-path.js'
import { neighbours, vectorCosts } from '#dist/use/align/vector-costs.js'

let state = 1
const random = () => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return state / 2 ** 32
}

function unit(values: Float32Array): Float32Array {
  const length = Math.hypot(...values)
  return values.map((value) => value / length)
}

const vector = () => unit(Float32Array.from({ length: 16 }, () => random() - 0.5))
const near = (from: Float32Array) => unit(from.map((value) => value + 0.1 * (random() - 0.5)))
const side = (singles: Float32Array[]) => ({ singles, pairs: neighbours(singles) })

/** Two sides, and the beads by which they were made. */
function made(count: number) {
  const [sources, targets]: Float32Array[][] = [[], []]
  const beads: Bead[] = []
  for (let k = 0; k < count; k++) {
    const [i, j] = [sources.length, targets.length]
    const kind = random()
    const own = vector()
    if (kind < 0.1) sources.push(own)
    else if (kind < 0.2) targets.push(own)
    else {
      if (kind < 0.3) {
        const other = vector()
        sources.push(own, other)
        targets.push(unit(own.map((value, c) => value + other[c]!)))
      } else {
        sources.push(own)
        targets.push(near(own))
      }
      beads.push({ sources: [i, sources.length], targets: [j, targets.length] })
    }
  }
  return { sources, targets, beads }
}

const paired = (beads: Bead[]) =>
  beads.filter(({ sources, targets }) => sources[0] < sources[1] && targets[0] < targets[1])
const keys = (beads: Bead[]) => new Set(beads.map((bead) => JSON.stringify([bead.sources, bead.targets])))

it.each([60, 1500])(
  'finds beads and gaps among %i, in a table searched whole and in one searched near a coarser path',
  (count) => {
    const { sources, targets, beads } = made(count)
    const found = bestPath(vectorCosts(side(sources), side(targets)))
    // Every sentence is in exactly one bead.
    expect(found.flatMap((bead) => [...sources.keys()].slice(...bead.sources))).toEqual([...sources.keys()])
    expect(found.flatMap((bead) => [...targets.keys()].slice(...bead.targets))).toEqual([...targets.keys()])
    const [own, right] = [keys(paired(found)), keys(beads)]
    const hits = [...own].filter((key) => right.has(key)).length
    expect((2 * hits) / (own.size + right.size)).toBeGreaterThan(0.95)
  },
)

it('aligns a side without sentences with gaps alone', () => {
  expect(bestPath(vectorCosts(side([]), side([vector()])))).toEqual([{ sources: [0, 0], targets: [0, 1] }])
})

it('mines pairs out of heaps by their margin, each sentence once', async () => {
  const sources = Array.from({ length: 40 }, vector)
  const targets = [...sources.slice(0, 30).map(near).reverse(), ...Array.from({ length: 10 }, vector)]
  const found = await mined(sources, targets, 1.2)
  const right = found.filter(({ source, target }) => source < 30 && target === 29 - source)
  expect(right).toHaveLength(30)
  expect(found.length).toBeLessThan(36)
  expect(new Set(found.map(({ source }) => source)).size).toBe(found.length)
})

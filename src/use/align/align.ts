import type { PoolTranslator } from '../translate/calls/index.ts'
import { type Bead, bestPath } from './best-path.ts'
import { mined } from './mine.ts'
import { type SentenceVectors, sideVectors } from './sentence-vectors.ts'
import { cosine, vectorCosts } from './vector-costs.ts'
import { lengthOf, rarity, shareOf, wordCosts, wordsOf } from './word-costs.ts'

/** A pair that was found: sentences of both sides, as one text each, and how alike they are. */
export interface AlignedPair {
  source: string
  target: string
  score: number
  /** Where the sentences stand: the first, and the one behind the last. */
  sources: [number, number]
  targets: [number, number]
}

/**
 * Pairs of two texts in their order, by vectors: 1-1, 1-2, 2-1 and 2-2, the cosine of each; sentences without a partner are left out.
 * @throws GlassformerError as the vectors do
 */
export async function alignByVectors(
  sources: readonly string[],
  targets: readonly string[],
  vectors: SentenceVectors,
): Promise<AlignedPair[]> {
  const [source, target] = [await sideVectors(sources, vectors.source), await sideVectors(targets, vectors.target)]
  return pairsOf(bestPath(vectorCosts(source, target)), sources, targets, (bead) => {
    const one = vectorAt(source, bead.sources)
    return cosine(one, vectorAt(target, bead.targets))
  })
}

/**
 * Pairs of two texts in their order by the lengths of sentences (Gale and Church 1993) and words in common: of the target and the translation of
 * the source where there is a translator, else of both texts themselves. The score is the share of words in common, by weight.
 * @throws GlassformerError as `translate`
 */
export async function alignByWords(
  sources: readonly string[],
  targets: readonly string[],
  translator: PoolTranslator | null,
): Promise<AlignedPair[]> {
  const read = translator ? (await translator.translate(sources)).map(({ text }) => text) : sources
  const source = { lengths: sources.map(lengthOf), words: read.map(wordsOf) }
  const target = { lengths: targets.map(lengthOf), words: targets.map(wordsOf) }
  const weights = rarity([...source.words, ...target.words])
  return pairsOf(bestPath(wordCosts(source, target, translator !== null)), sources, targets, (bead) =>
    shareOf(source.words.slice(...bead.sources), target.words.slice(...bead.targets), weights),
  )
}

/**
 * Pairs of two heaps of sentences in no order, the best first, by the margin of their vectors; `least` is the smallest margin that is a pair.
 * @throws GlassformerError as the vectors do
 */
export async function minePairs(
  sources: readonly string[],
  targets: readonly string[],
  { vectors, least }: { vectors: SentenceVectors; least: number },
): Promise<AlignedPair[]> {
  const [one, other] = [[...new Set(sources)], [...new Set(targets)]]
  const found = await mined(await vectors.source(one), await vectors.target(other), least)
  return found.map(({ source, target, score }) => ({
    source: one[source],
    target: other[target],
    score,
    sources: [source, source + 1],
    targets: [target, target + 1],
  }))
}

const vectorAt = <T>(
  { singles, pairs }: { singles: readonly T[]; pairs: readonly T[] },
  [from, to]: [number, number],
) => (to - from === 1 ? singles[from] : pairs[from])

function pairsOf(
  beads: readonly Bead[],
  sources: readonly string[],
  targets: readonly string[],
  score: (bead: Bead) => number,
): AlignedPair[] {
  return beads
    .filter((bead) => bead.sources[0] < bead.sources[1] && bead.targets[0] < bead.targets[1])
    .map((bead) => ({
      source: sources.slice(...bead.sources).join(' '),
      target: targets.slice(...bead.targets).join(' '),
      score: score(bead),
      ...bead,
    }))
}

import type { DocumentFormat } from '../../language/markup/document/formats.ts'
import type { MarkedText } from '../../language/protect/span.ts'
import { splitSentences } from '../../language/text/sentences/sentences.ts'
import type { PoolTranslator } from '../translate/calls/index.ts'
import { translateDocument } from '../translate/documents/translate-document.ts'
import { type Bead, bestPath } from './best-path.ts'
import { type SentenceVectors, sideVectors } from './sentence-vectors.ts'
import { cosine, vectorCosts } from './vector-costs.ts'
import { lengthOf, rarity, shareOf, wordCosts, wordsOf } from './word-costs.ts'

/** Two sentences of unordered heaps, and their margin. */
interface Mined {
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

/** A pair that was found: sentences of both sides, as one text each, and how alike they are. */
export interface AlignedPair {
  source: string
  target: string
  score: number
  /** Where the sentences stand: the first, and the one after the last. */
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

/** The sentences of a document, in its order. @throws as `documentTexts` */
export async function documentSentences(bytes: Uint8Array, format: DocumentFormat, locale: string): Promise<string[]> {
  return (await documentTexts(bytes, format)).flatMap(({ text }) => splitSentences(text, locale).sentences)
}

/**
 * The texts of a document, in its order. It is read as for a translation, whose texts are then its own.
 * @throws GlassformerError ERR_INPUT for a document that is damaged or of another format, ERR_INPUT_TOO_LONG
 */
export async function documentTexts(bytes: Uint8Array, format: DocumentFormat): Promise<MarkedText[]> {
  const { readHere } = await import('../translate/parsing/read-document.ts')
  const found: MarkedText[] = []
  await translateDocument(bytes, {
    format,
    retranslate: true,
    columns: [],
    attributes: true,
    properties: false,
    isTurned: false,
    isWhole: true,
    scheduling: {},
    read: readHere,
    async translate(texts) {
      return texts.map((given) => {
        const own = given as MarkedText // the texts of a document
        found.push(own)
        return { text: own.text, score: 0, ids: [], tokenScores: [], finishReason: 'end' as const }
      })
    },
  })
  return found
}

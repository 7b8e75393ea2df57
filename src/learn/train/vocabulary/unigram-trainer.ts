import { present } from '../../../base/present.ts'
import { seedPieces } from './seed-pieces.ts'
import { SegmentationModel } from './segmentation-model.ts'
import { compare, type Units } from './units.ts'

/** A learned piece and its score. */
export interface LearnedPiece {
  piece: string
  score: number
}

export interface LearningLimits {
  /** The largest number of pieces, the characters included. */
  pieces: number
  /** The number of characters of the longest piece. */
  longest: number
  /** Texts that cannot be pieces, because the vocabulary uses them for another purpose. */
  taken: ReadonlySet<string>
}

const MOST_SEEDS = 1_000_000
/** EM steps between two prunings. */
const STEPS = 2
/** The fraction of pieces that a pruning keeps. */
const KEPT = 0.75
/** Pruning ends with this many times the wanted pieces; the least likely of these are dropped last. */
const MARGIN = 1.1
/** A piece with a lower expected count is dropped. */
const LEAST_EXPECTED = 0.5

/**
 * Learns the pieces of a unigram model (Kudo 2018, section 3.2). It begins with many substrings, and alternates EM with
 * pruning of the pieces whose loss lowers the likelihood least, down to the wanted number. The parameters are those of
 * the SentencePiece library.
 *
 * Scores are log-probabilities; the best piece comes first. There are fewer pieces if the text has fewer.
 */
export function learnUnigram({ units, characters }: Units, { pieces, longest, taken }: LearningLimits): LearnedPiece[] {
  const seeds = seedPieces(units, longest, MOST_SEEDS).filter(({ text }) => !taken.has(text))
  const texts = [...characters.map(([character]) => character), ...seeds.map(({ text }) => text)]
  const weights = [...characters.map(([, count]) => count), ...seeds.map(({ count, length }) => count * length)]
  const logSum = Math.log(weights.reduce((sum, weight) => sum + weight, 0))
  const model = new SegmentationModel(
    texts,
    Float64Array.from(weights, (weight) => Math.log(weight) - logSum),
  )
  const target = Math.max(characters.length, Math.floor(MARGIN * pieces))
  for (;;) {
    for (let step = 0; step < STEPS; step++) maximize(model, model.expect(units).counts, characters.length)
    const left = model.left()
    if (left.length <= target) break
    prune(model, left, { units, characters }, Math.max(target, Math.floor(KEPT * left.length)))
  }
  const byScore = (a: LearnedPiece, b: LearnedPiece) => b.score - a.score || compare(a.piece, b.piece)
  const learned = (piece: number): LearnedPiece => ({ piece: texts[piece], score: model.scores[piece] })
  const left = model.left()
  const single = left.filter((piece) => piece < characters.length).map(learned)
  const longer = left.filter((piece) => piece >= characters.length).map(learned)
  return [...single, ...longer.sort(byScore).slice(0, pieces - single.length)].sort(byScore)
}

/**
 * The M step: scores from expected counts. As in the library, and unlike plain EM, exp(ψ(count)) replaces the count (ψ:
 * digamma), which corresponds to a Dirichlet prior toward few pieces: rare pieces lose most. Characters are never
 * dropped.
 */
function maximize(model: SegmentationModel, counts: Float64Array, characters: number): void {
  let sum = 0
  const dropped: number[] = []
  for (const piece of model.left()) {
    if (piece < characters) counts[piece] = Math.max(counts[piece], LEAST_EXPECTED)
    if (counts[piece] < LEAST_EXPECTED) dropped.push(piece)
    else sum += counts[piece]
  }
  model.drop(dropped)
  const logSum = digamma(sum)
  for (const piece of model.left()) model.scores[piece] = digamma(counts[piece]) - logSum
}

/**
 * Keeps the `wanted` pieces whose loss would lower the likelihood most: the text's occurrences of a piece, on the best
 * segmentations, would be split into the next best pieces instead, which then become more likely.
 */
function prune(model: SegmentationModel, left: readonly number[], { units, characters }: Units, wanted: number): void {
  const counts = new Float64Array(model.scores.length)
  for (const { text, count } of units) for (const piece of present(model.best(text)).pieces) counts[piece] += count
  let sum = 0
  for (const count of counts) sum += count
  const losses: { piece: number; loss: number }[] = []
  const dropped: number[] = []
  for (const piece of left) {
    if (piece < characters.length) continue
    const count = counts[piece]
    const instead = model.best(model.texts[piece], piece)
    // A piece that is on no best segmentation, or whose own best segmentation has several pieces, is useless.
    if (count === 0 || instead === null || instead.score > model.scores[piece]) {
      dropped.push(piece)
      continue
    }
    const logSumInstead = Math.log(sum + count * (instead.pieces.length - 1))
    let logInstead = 0
    for (const part of instead.pieces) logInstead += Math.log(counts[part] + count) - logSumInstead
    losses.push({ piece, loss: count * (Math.log(count) - Math.log(sum) - logInstead) })
  }
  losses.sort((a, b) => b.loss - a.loss || a.piece - b.piece)
  for (const { piece } of losses.slice(Math.max(0, wanted - characters.length))) dropped.push(piece)
  model.drop(dropped)
}

/** ψ, the derivative of log Γ: by recurrence to a large argument, and its asymptotic series there (Bernardo 1976). */
export function digamma(argument: number): number {
  let x = argument
  let shift = 0
  for (; x < 7; x++) shift -= 1 / x
  const inverse = 1 / (x * x)
  const series = inverse * (1 / 12 - inverse * (1 / 120 - inverse * (1 / 252 - inverse / 240)))
  return shift + Math.log(x) - 1 / (2 * x) - series
}

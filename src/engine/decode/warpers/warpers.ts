import { logSoftmax } from '../hypotheses/log-softmax.ts'
import type { GenerationOptions } from '../settings/options.ts'
import { byRank, dropUnless, entropy, probabilities, type Warper } from './warper.ts'

/**
 * typical_p (Meister et al. 2023; TypicalLogitsWarper): keeps ids in the order of | −log p − entropy | until their
 * probabilities reach `mass`, and ids that are as far from the entropy as the last of them. At least `least` ids stay.
 */
const typical =
  (mass: number, least: number): Warper =>
  (scores) => {
    const chances = probabilities(scores)
    const mean = entropy(chances)
    const distance = chances.map((p) => Math.abs(-Math.log(p) - mean))
    const nearest = Uint32Array.from(distance.keys()).sort((a, b) =>
      distance[a] === distance[b] ? a - b : distance[a] - distance[b],
    )
    let last = 0
    for (let sum = chances[nearest[0]]; sum < mass && last < nearest.length - 1; sum += chances[nearest[last]]) last++
    const farthest = distance[nearest[last]]
    for (let rank = least; rank < nearest.length; rank++)
      if (distance[nearest[rank]] > farthest) scores[nearest[rank]] = -Infinity
  }

/** temperature (TemperatureLogitsWarper): score / T. */
const temperature =
  (t: number): Warper =>
  (scores) => {
    for (let i = 0; i < scores.length; i++) scores[i] /= t
  }

/**
 * top_k (Fan et al. 2018; TopKLogitsWarper): keeps the k highest scores, and scores that tie with the lowest of them.
 */
const topK =
  (k: number): Warper =>
  (scores) => {
    if (k >= scores.length) return
    const lowest = scores.slice().sort()[scores.length - k]
    for (let i = 0; i < scores.length; i++) if (scores[i] < lowest) scores[i] = -Infinity
  }

/**
 * top_p, nucleus sampling (Holtzman et al. 2020; TopPLogitsWarper): removes an id if its probability and those of all
 * less likely ids add up to at most 1 − p. At least `least` ids stay.
 */
const topP =
  (p: number, least: number): Warper =>
  (scores) => {
    const chances = probabilities(scores)
    const ranked = byRank(scores)
    let below = 0
    for (let rank = ranked.length - 1; rank >= least; rank--) {
      below += chances[ranked[rank]]
      if (below > 1 - p) return
      scores[ranked[rank]] = -Infinity
    }
  }

/** Number of likeliest ids that are considered. */
const LIKELIEST = 100

/**
 * top_h (Baghaei Potraghloo et al. 2025; TopHLogitsWarper): keeps, among the 100 likeliest ids, the likeliest ones
 * whose terms −p log p add up to at most `share` of the entropy of the 100. The likeliest id always stays.
 */
const topH =
  (share: number): Warper =>
  (scores) => {
    const ranked = byRank(scores)
    const chances = probabilities(Float64Array.from(ranked.subarray(0, LIKELIEST), (place) => scores[place]))
    const most = share * entropy(chances)
    let sum = 0
    for (let rank = 0; rank < ranked.length; rank++) {
      const p = chances[rank] ?? 0
      sum = rank < chances.length ? sum - (p > 0 ? p * Math.log(p) : 0) : Infinity
      if (rank > 0 && sum > most) scores[ranked[rank]] = -Infinity
    }
  }

/**
 * min_p (Nguyen et al. 2024; MinPLogitsWarper): removes ids less likely than `share` times the likeliest. At least
 * `least` ids stay.
 */
const minP =
  (share: number, least: number): Warper =>
  (scores) => {
    const chances = probabilities(scores)
    const lowest = share * chances.reduce((a, b) => Math.max(a, b), 0)
    dropUnless(least, scores, (i) => chances[i] < lowest)
  }

/**
 * eta_cutoff (Hewitt et al. 2022, 4.2; EtaLogitsWarper): removes ids of probability below min(ε, √ε · exp(−entropy)).
 * At least `least` ids stay.
 */
const etaCutoff =
  (epsilon: number, least: number): Warper =>
  (scores) => {
    const chances = probabilities(scores)
    const lowest = Math.min(epsilon, Math.sqrt(epsilon) * Math.exp(-entropy(chances)))
    dropUnless(least, scores, (i) => chances[i] < lowest)
  }

/**
 * epsilon_cutoff (Hewitt et al. 2022, 4.1; EpsilonLogitsWarper): removes ids of probability below ε. At least `least`
 * ids stay.
 */
const epsilonCutoff =
  (epsilon: number, least: number): Warper =>
  (scores) => {
    const chances = probabilities(scores)
    dropUnless(least, scores, (i) => chances[i] < epsilon)
  }

/**
 * The minimum number of ids that the warpers keep: a beam must be able to continue even if all `ends` are among the
 * likeliest ids.
 */
const leastKept = ({ beams }: GenerationOptions, ends: number) => (beams > 1 ? ends + 1 : 1)

/** The number of ids that topK keeps; null if it is off. */
export const keptByTopK = (options: GenerationOptions, ends: number): number | null =>
  options.topK > 0 ? Math.max(options.topK, leastKept(options, ends)) : null

/** The warpers that options ask for, in Hugging Face's order; `ends` is the number of ids that end a translation. */
export function warpersOf(options: GenerationOptions, ends: number): Warper[] {
  const least = leastKept(options, ends)
  const kept = keptByTopK(options, ends)
  return [
    options.temperature !== 1 && temperature(options.temperature),
    options.topH !== null && topH(options.topH),
    kept !== null && topK(kept),
    options.topP < 1 && topP(options.topP, least),
    options.minP > 0 && minP(options.minP, least),
    options.typicalP < 1 && typical(options.typicalP, least),
    options.epsilonCutoff > 0 && epsilonCutoff(options.epsilonCutoff, least),
    options.etaCutoff > 0 && etaCutoff(options.etaCutoff, least),
    options.renormalize && options.beams > 1 && logSoftmax,
  ].filter((warper) => warper !== false)
}

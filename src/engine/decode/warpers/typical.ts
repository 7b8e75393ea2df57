import { entropy, probabilities, type Warper } from './warper.ts'

/**
 * typical_p (Meister et al. 2023; TypicalLogitsWarper): keeps ids in the order of | −log p − entropy | until their
 * probabilities reach `mass`, and ids that are as far from the entropy as the last of them. At least `least` ids stay.
 */
export const typical =
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

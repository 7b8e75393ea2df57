import type { LatentsSettings } from '../../model/config/latents-settings.ts'
import { decodedCodes, encodedTargets } from '../../model/latents/autoencoder.ts'
import { outputWeights } from '../../model/layers/embedding.ts'
import { candidates } from '../../program/ops/candidates.ts'
import { Program } from '../../program/program.ts'
import type { Weights } from '../../weights/weights.ts'

/** Finds the `codes` [Z, parts] of whole targets, given their sources. */
export function codesProgram(weights: Weights, latents: LatentsSettings): Program {
  const p = new Program('codes', weights)
  p.output(encodedTargets(p, latents, weights.config), 'codes')
  return p
}

/** Finds the likeliest token of each place, `candidate.ids` [C, 1] with C = T, of given codes and sources, all at once. */
export function writtenProgram(weights: Weights, latents: LatentsSettings): Program {
  const p = new Program('written', weights)
  const { config } = weights
  const x = decodedCodes(p, latents, config)
  const edits = p.input('edits', 'E', 3, 'int32')
  const values = p.input('values', 'E', 1)
  const [scores, ids] = p.within('output', () =>
    candidates(p, { x, ...outputWeights(p, config), edits, values }, { normalize: 'after', scale: config.outputScale }),
  )
  p.output(scores, 'candidate.scores')
  p.output(ids, 'candidate.ids')
  return p
}

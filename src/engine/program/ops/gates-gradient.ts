import { defineOp, expectIs, expectShape } from '../instructions/op.ts'

/**
 * Gradients of `gates` by clean and, where there is noise, by deviation. With p the softmax, dNoisy_j = p_j (dGates_j − Σ p dGates); the
 * load's z = (clean − threshold) / σ has dz = φ(z) dLoad, which goes to clean, to σ, and to the noisy score that is the threshold; noisy
 * hands on to clean, and noise times it to σ. clean, deviation, noise, dGates, dLoad [S, E] → dClean, dDeviation [S, E].
 */
export const gatesGradient = defineOp({
  name: 'gatesGradient',
  inputs: ['clean', 'deviation?', 'noise?', 'dGates', 'dLoad?'],
  attributes: { k: 'count', overAll: 'boolean' },
  outputs: ['dClean', 'dDeviation?'],
  shapes: ({ clean, deviation, noise, dGates, dLoad }, { k }) => {
    expectShape(k <= clean.width, 'gatesGradient', `${clean} has fewer than ${k} columns`)
    expectShape(!deviation === !noise, 'gatesGradient', 'deviation and noise go together')
    for (const tensor of [deviation, noise, dGates, dLoad]) expectIs('gatesGradient', tensor, clean.rows, clean.width)
    return [clean, ...(deviation ? [clean] : [])]
  },
  cost: ({ clean }) => ({ flops: 60 * clean.width, per: clean.rows }),
})

import { defineOp, expectIs, expectShape } from '../instructions/op.ts'

/**
 * Noisy top-k gates (Shazeer et al. 2017, 2.1): noisy = clean + noise ∘ σ, σ = softplus(deviation) + 10⁻²; noise and deviation go together,
 * and without them noisy = clean. gates: the softmax over the k greatest of a row, or with `overAll` over all of it (Switch,
 * Fedus et al. 2021); 0 for the others; of equal scores the lower column comes first. load: the chance of being among the k greatest,
 * Φ((clean − threshold) / σ), the threshold being the (k + 1)-th noisy score for those k, and the k-th for the others; without noise 1 where
 * a gate is not 0. clean, deviation, noise [S, E] → gates, load [S, E].
 */
export const gates = defineOp({
  name: 'gates',
  inputs: ['clean', 'deviation?', 'noise?'],
  constants: ['noise'],
  attributes: { k: 'count', overAll: 'boolean' },
  outputs: ['gates', 'load'],
  shapes: ({ clean, deviation, noise }, { k }) => {
    expectShape(k <= clean.width, 'gates', `${clean} has fewer than ${k} columns`)
    expectShape(!deviation === !noise, 'gates', 'deviation and noise go together')
    for (const tensor of [deviation, noise]) expectIs('gates', tensor, clean.rows, clean.width)
    return [clean, clean]
  },
  cost: ({ clean }) => ({ flops: 30 * clean.width, per: clean.rows }),
  gradient: (p, { inputs: { clean, deviation, noise }, attributes, dOutputs: [dGates, dLoad], gradients }) => {
    const made = gatesGradient(p, { clean, deviation, noise, dGates, dLoad }, attributes)
    gradients.contribute(clean, made[0])
    if (deviation) gradients.contribute(deviation, made[1])
  },
})

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

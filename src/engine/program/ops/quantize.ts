import { defineOp, expectIs, expectShape } from '../instructions/op.ts'

/**
 * Vector quantization (van den Oord et al. 2017), decomposed where there are several blocks (Kaiser et al. 2018): each of the `blocks` parts of
 * a row becomes the nearest of its own K entries, the lower one of two that are equally near. `codes`: which; `errors`: the mean of (x − q)²
 * over the row. The gradient goes straight through: that of q is that of x, and errors pull x towards q; the codebook has none (see
 * `moveCodebook`). x [S, d], codebook [blocks · K, d / blocks] → quantized [S, d], codes [S, blocks], errors [S, 1].
 */
export const quantize = defineOp({
  name: 'quantize',
  inputs: ['x', 'codebook'],
  constants: ['codebook'],
  attributes: { blocks: 'count' },
  outputs: ['quantized', 'codes', 'errors'],
  integers: ['codes'],
  shapes: ({ x, codebook }, { blocks }) => {
    expectShape(codebook.width * blocks === x.width, 'quantize', `${x} is not ${blocks} times as wide as ${codebook}`)
    expectShape(
      typeof codebook.rows === 'number' && codebook.rows % blocks === 0,
      'quantize',
      `${codebook} cannot be cut into ${blocks} blocks`,
    )
    return [x, { rows: x.rows, width: blocks }, { rows: x.rows, width: 1 }]
  },
  cost: ({ x, codebook }, { blocks }) => ({
    flops: (3 * x.width * Number(codebook.rows)) / blocks,
    per: x.rows,
    reads: [codebook],
  }),
  gradient: (p, { inputs: { x }, outputs: [quantized], dOutputs: [dQuantized, , dErrors], gradients }) =>
    gradients.contribute(x, dErrors ? quantizeGradient(p, { x, quantized, dQuantized, dErrors })[0] : dQuantized),
})

/**
 * The gradient of `quantize` by x: dx = dQuantized + dErrors · 2 (x − quantized) / d, straight through, and the commitment.
 * x, quantized, dQuantized [S, d], dErrors [S, 1] → dx [S, d].
 */
export const quantizeGradient = defineOp({
  name: 'quantizeGradient',
  inputs: ['x', 'quantized', 'dQuantized', 'dErrors'],
  attributes: {},
  outputs: ['dx'],
  shapes: ({ x, quantized, dQuantized, dErrors }) => {
    for (const tensor of [quantized, dQuantized]) expectIs('quantizeGradient', tensor, x.rows, x.width)
    expectIs('quantizeGradient', dErrors, x.rows, 1)
    return [x]
  },
  cost: ({ x }) => ({ flops: 3 * x.width, per: x.rows }),
})

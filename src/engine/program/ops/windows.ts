import { defineOp, expectShape } from '../instructions/op.ts'
import { fold } from './fold.ts'

/**
 * Gathers rows side by side: y_t = [x_{index[t, 0]} | … | x_{index[t, K − 1]}], where −1 gives zeros. A strided or full convolution is
 * `windows` and a `linear`; with K = 1 rows are copied. `inverse` lists the places t · K + j that read each row of x, −1 where there are
 * fewer than m; only the gradient needs it. x [S, d], index [T, K], inverse [S, m] → y [T, K · d].
 */
export const windows = defineOp({
  name: 'windows',
  inputs: ['x', 'index', 'inverse?'],
  integers: ['index', 'inverse'],
  attributes: {},
  outputs: ['windowed'],
  shapes: ({ x, index, inverse }) => {
    expectShape(!inverse || inverse.rows === x.rows, 'windows', `${inverse} has not the rows of ${x}`)
    return [{ rows: index.rows, width: index.width * x.width }]
  },
  cost: ({ x, index }) => ({ flops: index.width * x.width, per: index.rows }),
  gradient: (p, { inputs: { x, index, inverse }, dOutputs: [dWindowed], gradients }) => {
    expectShape(!!inverse, 'windows', 'a program that is differentiated needs the inverse of the index')
    gradients.contribute(x, fold(p, { x: dWindowed, inverse, index }, { taps: index.width })[0])
  },
})

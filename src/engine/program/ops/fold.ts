import { entryOf } from '../../../base/present.ts'
import { defineOp, expectIs, expectShape, opTable } from '../instructions/op.ts'

/**
 * The transpose of `windows`: adds up the parts of windows that belong to one row, in the order in which `inverse` lists their places
 * t · K + j (part j of row t); −1 adds nothing. A transposed convolution is a `linear` and `fold`. K is `taps`. `index` says of each part
 * to which row it is added, −1 if to none; only the gradient needs it. x [T, K · d], inverse [S, m], index [T, K] → y [S, d].
 */
export const fold = defineOp({
  name: 'fold',
  inputs: ['x', 'inverse', 'index?'],
  integers: ['inverse', 'index'],
  attributes: { taps: 'count' },
  outputs: ['folded'],
  shapes: ({ x, inverse, index }, { taps }) => {
    expectShape(x.width % taps === 0, 'fold', `${x} cannot be cut into ${taps} parts`)
    expectIs('fold', index, x.rows, taps)
    return [{ rows: inverse.rows, width: x.width / taps }]
  },
  cost: ({ x, inverse }, { taps }) => ({ flops: (inverse.width * x.width) / taps, per: inverse.rows }),
  gradient: (p, { inputs: { x, inverse, index }, dOutputs: [dFolded], gradients }) => {
    expectShape(!!index, 'fold', 'a program that is differentiated needs the index of which this is the inverse')
    // The file of `windows` imports this one, so its row is found by name.
    const windows = entryOf(opTable, 'windows')
    const given = { x: dFolded, index, inverse }
    gradients.contribute(x, p.append(windows, given, {}, windows.shapes(given, {}))[0])
  },
})

import { defineOp, expectShape } from '../instructions/op.ts'

/**
 * The outputs of the heads without one of them, whose columns become zeros.
 * attended [S, heads · dHead] → kept [S, heads · dHead].
 */
export const headOff = defineOp({
  name: 'headOff',
  inputs: ['attended'],
  attributes: { heads: 'count', head: 'integer' },
  outputs: ['kept'],
  shapes: ({ attended }, { heads, head }) => {
    expectShape(attended.width % heads === 0, 'headOff', `${attended} cannot be cut into ${heads} heads`)
    expectShape(head >= 0 && head < heads, 'headOff', `there is no head ${head} of ${heads}`)
    return [attended]
  },
  cost: ({ attended }) => ({ flops: 0, per: attended.rows }),
  gradient: (p, { inputs: { attended }, attributes, dOutputs: [dKept], gradients }) =>
    gradients.contribute(attended, headOff(p, { attended: dKept }, attributes)[0]),
})

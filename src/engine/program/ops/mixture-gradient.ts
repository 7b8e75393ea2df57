import { defineOp, expectIs } from '../instructions/op.ts'
import { activations } from '../operands/activation.ts'
import { expertShape } from '../operands/experts.ts'

/**
 * Gradients of `mixture`; the hidden layer h = activation(u), u = x Innerₑᵀ, is computed again. With g = scale · dy Outerₑ:
 * dGates_e = h · g where the gate is not 0, and 0 elsewhere; du = gates_e · g ∘ activation′(u); dx += du Innerₑ; dInnerₑ += duᵀ x;
 * dOuterₑ += scale · gates_e · dyᵀ h. x [S, d], gates [S, E], dMixed [S, outputs] → dx [S, d], dGates [S, E].
 */
export const mixtureGradient = defineOp({
  name: 'mixtureGradient',
  inputs: ['x', 'gates', 'inner', 'outer', 'dMixed', 'dInner', 'dOuter'],
  writes: ['dInner', 'dOuter'],
  attributes: { activation: activations, scale: 'number' },
  neutral: { scale: 1 },
  outputs: ['dx', 'dGates'],
  shapes: ({ x, gates, inner, outer, dMixed, dInner, dOuter }) => {
    const { outputs } = expertShape('mixtureGradient', { x, gates, inner, outer })
    expectIs('mixtureGradient', dMixed, x.rows, outputs)
    expectIs('mixtureGradient', dInner, inner.rows, inner.width)
    expectIs('mixtureGradient', dOuter, outer.rows, outer.width)
    return [x, gates]
  },
  cost: ({ x, inner, outer }) => ({
    flops: 6 * ((inner.rows as number) * inner.width + (outer.rows as number) * outer.width),
    per: x.rows,
  }),
})

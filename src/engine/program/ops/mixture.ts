import { defineOp, expectIs } from '../instructions/op.ts'
import { expertShape } from '../operands/experts.ts'
import { activations } from '../operands/norm.ts'

/**
 * A mixture of experts (Shazeer et al. 2017, eq. 1): y = Σ_e gates_e · scale · activation(x Innerₑᵀ) Outerₑᵀ, over the experts whose gate
 * is not 0: the weights of others are not read. No row is dropped. Experts are added in their order. x [S, d], gates [S, E],
 * inner [E · f, d], outer [E · outputs, f] → y [S, outputs].
 */
export const mixture = defineOp({
  name: 'mixture',
  inputs: ['x', 'gates', 'inner', 'outer'],
  encoded: ['inner', 'outer'],
  weights: ['inner', 'outer'],
  attributes: { activation: activations, scale: 'number', k: 'count' },
  neutral: { scale: 1 },
  outputs: ['mixed'],
  shapes: ({ x, gates, inner, outer }) => [
    { rows: x.rows, width: expertShape('mixture', { x, gates, inner, outer }).outputs },
  ],
  cost: ({ x, gates, inner, outer }, { k }) => {
    const values = (inner.rows as number) * inner.width + (outer.rows as number) * outer.width
    return { flops: (2 * k * values) / gates.width, per: x.rows }
  },
  gradient: (
    p,
    { inputs: { x, gates, inner, outer }, attributes: { activation, scale }, dOutputs: [dMixed], gradients },
  ) => {
    const dWeights = { dInner: p.gradientOf(inner), dOuter: p.gradientOf(outer) }
    const [dx, dGates] = mixtureGradient(p, { x, gates, inner, outer, dMixed, ...dWeights }, { activation, scale })
    gradients.contribute(x, dx)
    gradients.contribute(gates, dGates)
  },
})

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

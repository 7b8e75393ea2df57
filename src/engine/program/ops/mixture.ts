import { defineOp } from '../instructions/op.ts'
import { activations } from '../operands/activation.ts'
import { expertShape } from '../operands/experts.ts'
import { mixtureGradient } from './mixture-gradient.ts'

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

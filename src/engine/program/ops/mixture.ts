import { defineOp, expectIs, expectShape } from '../instructions/op.ts'
import { expertShape } from '../operands/experts.ts'
import { activations } from '../operands/norm.ts'

/**
 * A mixture of experts (Shazeer et al. 2017, eq. 1): y = Σ_e gates_e · scale · (activation(x Innerₑᵀ + innerBiasₑ) Outerₑᵀ + outerBiasₑ),
 * over the experts whose gate is not 0: the weights of others are not read. No row is dropped. Experts are added in their order. x [S, d],
 * gates [S, E], inner [E · f, d], outer [E · outputs, f], innerBias [1, E · f], outerBias [1, E · outputs] → y [S, outputs].
 */
export const mixture = defineOp({
  name: 'mixture',
  inputs: ['x', 'gates', 'inner', 'outer', 'innerBias?', 'outerBias?'],
  encoded: ['inner', 'outer'],
  weights: ['inner', 'outer', 'innerBias', 'outerBias'],
  attributes: { activation: activations, scale: 'number', k: 'count' },
  neutral: { scale: 1 },
  outputs: ['mixed'],
  shapes: ({ x, gates, inner, outer, innerBias, outerBias }) => [
    { rows: x.rows, width: expertShape('mixture', { x, gates, inner, outer, innerBias, outerBias }).outputs },
  ],
  cost: ({ x, gates, inner, outer }, { k }) => {
    const values = (inner.rows as number) * inner.width + (outer.rows as number) * outer.width
    return { flops: (2 * k * values) / gates.width, per: x.rows }
  },
  gradient: (
    p,
    { inputs: { innerBias, outerBias, ...given }, attributes: { activation, scale }, dOutputs: [dMixed], gradients },
  ) => {
    const { x, gates, inner, outer } = given
    const dWeights = {
      ...{ dInner: p.gradientOf(inner), dOuter: p.gradientOf(outer) },
      ...{ dInnerBias: innerBias && p.gradientOf(innerBias), dOuterBias: outerBias && p.gradientOf(outerBias) },
    }
    const inputs = { x, gates, inner, outer, innerBias, outerBias, dMixed, ...dWeights }
    const [dx, dGates] = mixtureGradient(p, inputs, { activation, scale })
    gradients.contribute(x, dx)
    gradients.contribute(gates, dGates)
  },
})

/**
 * Gradients of `mixture`; the hidden layer h = activation(u), u = x Innerₑᵀ + innerBiasₑ, is computed again. With
 * g = scale · dy Outerₑ: dGates_e = h · g + scale · dy · outerBiasₑ where the gate is not 0, and 0 elsewhere; du = gates_e · g ∘
 * activation′(u); dx += du Innerₑ; dInnerₑ += duᵀ x; dInnerBiasₑ += Σ du; dOuterₑ += scale · gates_e · dyᵀ h; dOuterBiasₑ +=
 * Σ scale · gates_e · dy. x [S, d], gates [S, E], dMixed [S, outputs] → dx [S, d], dGates [S, E].
 */
export const mixtureGradient = defineOp({
  name: 'mixtureGradient',
  inputs: [
    'x',
    'gates',
    'inner',
    'outer',
    'innerBias?',
    'outerBias?',
    'dMixed',
    'dInner',
    'dOuter',
    'dInnerBias?',
    'dOuterBias?',
  ],
  writes: ['dInner', 'dOuter', 'dInnerBias', 'dOuterBias'],
  attributes: { activation: activations, scale: 'number' },
  neutral: { scale: 1 },
  outputs: ['dx', 'dGates'],
  shapes: ({ x, gates, inner, outer, innerBias, outerBias, dMixed, dInner, dOuter, dInnerBias, dOuterBias }) => {
    const { outputs } = expertShape('mixtureGradient', { x, gates, inner, outer, innerBias, outerBias })
    expectIs('mixtureGradient', dMixed, x.rows, outputs)
    expectIs('mixtureGradient', dInner, inner.rows, inner.width)
    expectIs('mixtureGradient', dOuter, outer.rows, outer.width)
    expectShape(!innerBias === !dInnerBias && !outerBias === !dOuterBias, 'mixtureGradient', 'biases have gradients')
    expectIs('mixtureGradient', dInnerBias, 1, inner.rows as number)
    expectIs('mixtureGradient', dOuterBias, 1, outer.rows as number)
    return [x, gates]
  },
  cost: ({ x, inner, outer }) => ({
    flops: 6 * ((inner.rows as number) * inner.width + (outer.rows as number) * outer.width),
    per: x.rows,
  }),
})

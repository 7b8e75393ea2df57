import { defineOp, expectIs, expectShape } from '../instructions/op.ts'
import { expectTiles, expectUnit } from '../operands/recurrence.ts'

/**
 * The simpler simple recurrent unit (Kim et al. 2019, 3.1) over sentences, after its products: with g_t = sigmoid(forget_t + forgetBias),
 * c_t = g_t ∘ c_{t−1} + (1 − g_t) ∘ x_t from c_0 = 0, and h_t = relu(c_t) + residual_t. Sentence b has the rows
 * [spans[b, 0], spans[b, 1]); sentences tile all rows in order. x, forget, residual [T, d], forgetBias [1, d], spans [B, 2] →
 * h [T, d], states c [T, d], and with `traced` the gates g [T, d].
 */
export const ssru = defineOp({
  name: 'ssru',
  inputs: ['x', 'forget', 'forgetBias', 'spans', 'residual?'],
  integers: ['spans'],
  weights: ['forgetBias'],
  attributes: { traced: 'boolean' },
  outputs: ['recurred', 'states', 'gates?'],
  shapes: ({ x, forget, forgetBias, spans, residual }, { traced }) => {
    expectUnit('ssru', x, forget, forgetBias, residual)
    expectTiles('ssru', spans)
    return traced ? [x, x, x] : [x, x]
  },
  cost: ({ x }) => ({ flops: 14 * x.width, per: x.rows }),
  gradient: (p, { inputs, outputs: [, states], dOutputs: [dRecurred, ...others], gradients }) => {
    expectShape(
      others.every((gradient) => !gradient),
      'ssru',
      'nothing may depend on states and gates in a program that is differentiated',
    )
    const { x, forget, forgetBias, spans, residual } = inputs
    const dForgetBias = p.gradientOf(forgetBias)
    const given = { x, forget, forgetBias, states, spans, dRecurred, dForgetBias }
    gradients.contribute(residual, dRecurred)
    const into = forget.base === x.base ? gradients.columnsFor([x, forget]) : null
    if (into) return ssruGradient.into(p, into, given, {})
    const [dx, dForget] = ssruGradient(p, given)
    gradients.contribute(x, dx)
    gradients.contribute(forget, dForget)
  },
})

/**
 * Gradients of `ssru` by x and forget; that of forgetBias is added to dForgetBias. x, forget, states, dRecurred [T, d], spans [B, 2],
 * forgetBias, dForgetBias [1, d] → dx, dForget [T, d].
 */
export const ssruGradient = defineOp({
  name: 'ssruGradient',
  inputs: ['x', 'forget', 'forgetBias', 'states', 'spans', 'dRecurred', 'dForgetBias'],
  integers: ['spans'],
  writes: ['dForgetBias'],
  attributes: {},
  outputs: ['dx', 'dForget'],
  shapes: ({ x, forget, forgetBias, states, spans, dRecurred, dForgetBias }) => {
    expectUnit('ssruGradient', x, forget, forgetBias, states)
    expectIs('ssruGradient', dRecurred, x.rows, x.width)
    expectIs('ssruGradient', dForgetBias, 1, x.width)
    expectTiles('ssruGradient', spans)
    return [x, x]
  },
  cost: ({ x }) => ({ flops: 20 * x.width, per: x.rows }),
})

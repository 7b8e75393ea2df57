import { defineOp, expectIs, expectShape } from '../op.ts'
import type { Tensor } from '../tensor.ts'
import { expectTiles } from './recurrence-operands.ts'

/**
 * The simpler simple recurrent unit (Kim et al. 2019, 3.1) over sentences, behind its products: with g_t = sigmoid(forget_t + forgetBias),
 * c_t = g_t ∘ c_{t−1} + (1 − g_t) ∘ x_t from c_0 = 0, and h_t = relu(c_t) + residual_t. Sentence b has the rows
 * [spans[b, 0], spans[b, 1]); sentences tile all rows in order. x, forget, residual [T, d], forgetBias [1, d], spans [B, 2] →
 * h [T, d], states c [T, d], and with `traced` the gates g [T, d].
 */
export const ssru = defineOp({
  name: 'ssru',
  inputs: ['x', 'forget', 'forgetBias', 'spans', 'residual?'],
  integers: ['spans'],
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
    const { x, forget, forgetBias, spans, residual } = inputs as { [K in keyof typeof inputs]: Tensor }
    const dForgetBias = p.gradientOf(forgetBias)
    const given = { x, forget, forgetBias, states, spans, dRecurred: dRecurred!, dForgetBias }
    gradients.contribute(residual, dRecurred!)
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

/**
 * The unit of `ssru` for one new token of each hypothesis. Row r goes on from the state cache[parents[r]], or from zeros where its parent is
 * −1, and its own state becomes cache[slots[r]]; nothing else moves. Rows are taken one after the other, so that a row may go on from a
 * state that a row before it has written. x, forget, residual [R, d], forgetBias [1, d], parents, slots [R, 1], cache [K, d] → h [R, d].
 */
export const ssruStep = defineOp({
  name: 'ssruStep',
  inputs: ['x', 'forget', 'forgetBias', 'parents', 'slots', 'cache', 'residual?'],
  integers: ['parents', 'slots'],
  writes: ['cache'],
  attributes: {},
  outputs: ['recurred'],
  shapes: ({ x, forget, forgetBias, parents, slots, cache, residual }) => {
    expectUnit('ssruStep', x, forget, forgetBias, residual)
    for (const column of [parents, slots]) expectIs('ssruStep', column, x.rows, 1)
    expectIs('ssruStep', cache, cache.rows, x.width)
    return [x]
  },
  cost: ({ x }) => ({ flops: 14 * x.width, per: x.rows }),
})

function expectUnit(op: string, x: Tensor, forget: Tensor, forgetBias: Tensor, other: Tensor | null | undefined): void {
  for (const tensor of [forget, other]) expectIs(op, tensor, x.rows, x.width)
  expectIs(op, forgetBias, 1, x.width)
}

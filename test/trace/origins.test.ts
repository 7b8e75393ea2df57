import { describe, expect, test } from 'vitest'
import { ModelInspector, type TraceOptions } from '#dist/look/inspect/index.js'

const inspector = ModelInspector.load(undefined, { precision: 'float32', backend: 'js' })
const source = 'Je suis étudiant.'
const originsOf = (origins: TraceOptions['origins']) => inspector.inspect(source, { origins }).origins!

/** The number that an origin's own operands make, by the rule that it names. */
function computed({ rule, value, left, right, parts, activation }: ReturnType<typeof originsOf>[number]): number {
  const part = (name: string, otherwise = 0) => parts.find((each) => each.name === name)?.value ?? otherwise
  const product = left && right ? left.values.reduce((sum, each, i) => sum + each * right.values[i], 0) : 0
  if (rule === 'linear') {
    const sum = part('scale', 1) * product + part('bias')
    return (activation === 'relu' ? Math.max(0, sum) : sum) + part('residual')
  }
  if (rule === 'norm') return ((part('x') - part('mean')) / part('deviation')) * part('gain') + part('bias')
  if (rule === 'softmax') return Math.exp(part('score') - part('highest')) / part('powers')
  if (rule === 'sum') return part('embedding') + part('positions')
  if (rule === 'embedding') return part('embedding.weight') * part('scale')
  if (rule === 'scaled') return part('scores') * part('scale')
  if (rule === 'mask') return value === -Infinity ? value : part('scaledScores')
  return product
}

describe('origins of numbers', () => {
  const rules = {
    'encoder.embedding': 'embedding',
    'encoder.embedded': 'sum',
    'encoder.0.selfAttention.query': 'linear',
    'encoder.0.selfAttention.scores': 'scores',
    'encoder.0.selfAttention.scaledScores': 'scaled',
    'decoder.0.selfAttention.maskedScores': 'mask',
    'decoder.0.selfAttention.weights': 'softmax',
    'decoder.1.crossAttention.heads': 'weightedSum',
    'encoder.1.selfAttention.output': 'linear',
    'encoder.1.selfAttentionNorm.sum': 'linear',
    'encoder.1.selfAttentionNorm.normed': 'norm',
    'encoder.2.feedForward.inner': 'linear',
    logits: 'linear',
  }

  test.for(Object.entries(rules))('%s follows from its operands by the rule %s', ([tensor, rule]) => {
    const places = /cores|weights$/.test(tensor)
      ? [
          [1, 2, 1],
          [3, 1, 2],
        ]
      : [
          [1, 3],
          [2, 200],
        ]
    const origins = originsOf(places.map((at) => ({ tensor, at })))
    for (const origin of origins) {
      expect(origin.rule).toBe(rule)
      const own = computed(origin)
      if (own === -Infinity) expect(origin.value).toBe(-Infinity)
      else expect(Math.abs(own - origin.value)).toBeLessThan(1e-4 * Math.max(1, Math.abs(own)))
    }
  })

  test('a number can be followed from a logit to the embedding of a token', () => {
    let place = { tensor: 'logits', at: [0, 5] }
    const path: string[] = []
    for (let i = 0; i < 60 && place.tensor !== 'encoder.embedding'; i++) {
      path.push(place.tensor)
      const [{ left, parts }] = originsOf([place])
      // The residual or the value of the first token: the way that leads down the encoder.
      const cross =
        path.length === 1 ? null : parts.find(({ name }) => ['residual', 'x', 'embedding', 'scores'].includes(name))
      const next = /crossAttention\.output$|crossAttentionNorm\.sum$/.test(place.tensor) ? null : cross
      if (next?.tensor) place = { tensor: next.tensor, at: next.at! }
      else place = { tensor: left!.tensor!, at: left!.at.map((each) => each ?? left!.from) }
      if (/crossAttention\.weights$/.test(place.tensor))
        place = { tensor: place.tensor.replace('weights', 'value'), at: [0, 0] }
    }
    expect(place.tensor).toBe('encoder.embedding')
    expect(path.length).toBeGreaterThan(10)
  })

  test('a place outside of the tensor, and a name that is none, are refused', () => {
    expect(() => originsOf([{ tensor: 'encoder.0.input', at: [99, 0] }])).toThrow(/no number at \[99, 0\]/)
    expect(() => originsOf([{ tensor: 'encoder.0.inputt', at: [0, 0] }])).toThrow(/computes no tensor named/)
  })
})

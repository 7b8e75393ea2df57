import { afterAll, describe, expect, it } from 'vitest'
import type { Encoding } from '#dist/engine/backend/interface/backend.js'
import { generationDefaults } from '#dist/engine/decode/settings/options.js'
import { ForcedDecoder } from '#dist/engine/decode/teacher-forced.js'
import { checkConfig } from '#dist/engine/model/config/config.js'
import { Weights } from '#dist/engine/weights/weights.js'
import { backends } from '../../backends.ts'
import { modelConfig } from '../../learn/train/small-model.ts'
import { expectClose } from '../decode/expect-close.ts'
import { generate } from '../decode/generate.ts'
import { Random } from '../program/random-operands.ts'
import { plainLogits } from './plain-transformer.ts'

/** Settings by which two experts of a token have biases, and gates without noise, as those of NLLB-MoE. */
const withBiases = { bias: true, noise: false, scale: 0.8 }

function modelOf(softmax: 'top' | 'all', encoding: Encoding = 'float32', more = {}): Weights {
  const stack = {
    layers: 2,
    heads: 2,
    dHead: 8,
    dFeedForward: 32,
    feedForward: { experts: 5, k: softmax === 'top' ? 2 : 1, softmax, balance: 0.01, layers: [1], ...more },
  }
  const config = { ...modelConfig, dModel: 16, encoder: stack, decoder: stack, maxLength: 40 }
  const plain = new Weights(config)
  const random = new Random(5)
  for (let i = 0; i < plain.values.length; i++) plain.values[i] = random.next() - 0.5
  if (encoding === 'float32') return plain
  const encoded = new Weights(config, encoding)
  for (const { name } of plain.parameters) encoded.setRows(name, 0, plain.get(name))
  return encoded
}

it('a z-loss is refused where gates are a softmax over some scores', () => {
  const { config } = modelOf('top')
  const withLoss = (softmax: 'top' | 'all') => {
    const own = { ...config.encoder, feedForward: { ...config.encoder.feedForward!, softmax, zLoss: 0.1 } }
    return { ...config, encoder: own }
  }
  expect(() => checkConfig(withLoss('all'), 'a test')).not.toThrow()
  expect(() => checkConfig(withLoss('top'), 'a test')).toThrow(/zLoss must be left out unless softmax is all/)
})

const sources = [[1, 2, 3, 0], [4, 0], [5, 6, 7, 8, 9, 10, 1, 2, 3, 0], [0]]
const pairs = sources.map((source) => ({ source, target: [3, ...source] }))

describe.each(backends)('$name', ({ make }) => {
  const player = make()
  afterAll(() => player.close())

  it.each(['top', 'all'] as const)('experts by the softmax over %s follow the plain formulas', (softmax) => {
    const weights = modelOf(softmax)
    const [logits] = new ForcedDecoder(player, weights).trace(pairs, ['output.out'])
    const expected = pairs.flatMap(({ source, target }) => plainLogits(weights, source, target).flat())
    expectClose(logits, expected, 2e-5)
  })

  it('experts with biases, which count in part, follow the plain formulas', () => {
    const weights = modelOf('top', 'float32', withBiases)
    const names = weights.parameters.map(({ name }) => name)
    expect(names).toContain('decoder.1.feedForward.expert4.outer.bias')
    expect(names).not.toContain('decoder.1.feedForward.noise.weight')
    const [logits] = new ForcedDecoder(player, weights).trace(pairs, ['output.out'])
    const expected = pairs.flatMap(({ source, target }) => plainLogits(weights, source, target).flat())
    expectClose(logits, expected, 2e-5)
  })

  it('a sentence has the same bits alone as in a batch', () => {
    const decoder = new ForcedDecoder(player, modelOf('top'))
    const together = decoder.score(pairs)
    pairs.forEach((pair, i) => expect(decoder.score([pair])[0]).toEqual(together[i]))
  })

  it.each([
    ['float32panels', 1e-4],
    ['bfloat16', 0.05],
    ['int8', 0.2],
  ] as const)('decodes with experts in %s as teacher forcing does in float32', (encoding, tolerance) => {
    const found = generate(player, modelOf('top', encoding), sources, { ...generationDefaults, maxTokens: 8 }, 20)
    const given = sources.map((source, i) => ({ source, target: found[i][0].ids }))
    new ForcedDecoder(player, modelOf('top', encoding))
      .score(given)
      .forEach((scores, i) => expectClose(found[i][0].scores, scores, tolerance))
    const [logits] = new ForcedDecoder(player, modelOf('top', encoding)).trace(pairs, [
      'encoder.0.feedForwardNorm.normed',
    ])
    const [plain] = new ForcedDecoder(player, modelOf('top')).trace(pairs, ['encoder.0.feedForwardNorm.normed'])
    expectClose(logits, plain, tolerance)
  })
})

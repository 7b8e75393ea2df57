import fc from 'fast-check'
import { afterAll, describe, it } from 'vitest'
import type { Encoding } from '#dist/backend/backend.js'
import { ForcedDecoder } from '#dist/decode/forced.js'
import { generationDefaults } from '#dist/decode/options.js'
import type { ModelConfig } from '#dist/model/config.js'
import { checkConfig } from '#dist/model/config.js'
import { Weights } from '#dist/weights/weights.js'
import { backends } from '../backends.ts'
import { expectClose } from '../decode/expect-close.ts'
import { generate } from '../decode/generate.ts'
import { Random } from '../program/random-operands.ts'
import { plainLogits } from './plain-transformer.ts'

/** A model of any shape that a configuration can say, with random weights. */
function anyModel(random: Random): Weights {
  const heads = random.pick([1, 2, 3])
  const dModel = random.pick([8, 12, 18, 20])
  const stack = () => ({
    layers: random.integer(1, 3),
    heads,
    dHead: random.pick([2, 4, 5]),
    dFeedForward: random.integer(3, 30),
  })
  const sharedEmbedding = random.next() < 0.5
  const targetVocabulary = random.integer(9, 25)
  const config: ModelConfig = {
    dModel,
    encoder: stack(),
    decoder: stack(),
    activation: random.pick(['relu', 'gelu', 'geluTanh', 'swish']),
    gated: random.pick([undefined, false, true]),
    norm: {
      kind: random.pick(['layerNorm', 'rmsNorm']),
      order: random.pick(['post', 'postFinal', 'pre']),
      epsilon: random.pick([1e-5, 1e-6]),
      embedding: random.pick([undefined, false, true]),
    },
    positions: random.pick([
      { kind: 'interleaved' },
      { kind: 'halves' },
      { kind: 'timingSignal' },
      { kind: 'timingSignal', offset: 2 },
      { kind: 'learned', rows: 40, offset: 2 },
      { kind: 'learned', rows: 40, offset: 0 },
      { kind: 'relative', clip: 1 },
      { kind: 'relative', clip: 4 },
      { kind: 'buckets', buckets: 4, furthest: 3 },
      { kind: 'buckets', buckets: 32, furthest: 128 },
      { kind: 'none' },
    ] as const),
    scaledAttention: random.pick([undefined, true, false]),
    embeddingScale: random.pick([1, Math.sqrt(dModel)]),
    sourceVocabulary: sharedEmbedding ? targetVocabulary : random.integer(9, 25),
    targetVocabulary,
    sharedEmbedding,
    tiedOutput: random.next() < 0.5,
    outputBias: random.next() < 0.5,
    linearBias: random.next() < 0.5,
    outputScale: random.pick([1, dModel ** -0.5]),
    ids: { end: 0, start: random.pick([null, 1, 8]), padding: null, unknown: null },
    maxLength: 30,
  }
  checkConfig(config, 'a random model')
  const weights = new Weights(config)
  for (let i = 0; i < weights.values.length; i++) weights.values[i] = random.next() - 0.5
  return weights
}

/** The same weights, held otherwise. */
function encoded(weights: Weights, encoding: Encoding): Weights {
  const result = new Weights(weights.config, encoding)
  for (const { name } of weights.parameters) result.setRows(name, 0, weights.get(name))
  return result
}

const ids = (random: Random, size: number) => [
  ...Array.from({ length: random.integer(0, 6) }, () => random.integer(1, size - 1)),
  0,
]

describe.each(backends)('$name', ({ make }) => {
  const player = make()
  afterAll(() => player.close())

  it('plays every model that a configuration can say as the plain formulas do', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = new Random(seed)
        const weights = anyModel(random)
        const { sourceVocabulary, targetVocabulary } = weights.config
        const pairs = Array.from({ length: random.integer(1, 4) }, () => ({
          source: ids(random, sourceVocabulary),
          target: ids(random, targetVocabulary),
        }))
        const [logits] = new ForcedDecoder(player, weights).trace(pairs, ['output.out'])
        const expected = pairs.flatMap(({ source, target }) => plainLogits(weights, source, target).flat())
        expectClose(logits, expected, 2e-5)
      }),
      { numRuns: 40 },
    )
  })

  it.each([
    ['float32panels', 1e-4],
    // Keys and values are rounded to bfloat16 on their way through a cache, which teacher forcing does without; in int8 what follows
    // from them falls to other integers now and then. Of 1,500 models the worst was 0.005 and 0.03 off.
    ['bfloat16', 0.02],
    ['int8', 0.1],
  ] as const)('decodes every model in %s as teacher forcing does', (encoding, tolerance) => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = new Random(seed)
        const weights = encoded(anyModel(random), encoding)
        const sources = Array.from({ length: random.integer(1, 5) }, () => ids(random, weights.config.sourceVocabulary))
        const found = generate(player, weights, sources, { ...generationDefaults, beams: 2, maxTokens: 12 }, 20)
        const pairs = sources.map((source, i) => ({ source, target: found[i][0].ids }))
        new ForcedDecoder(player, weights)
          .score(pairs)
          .forEach((scores, i) => expectClose(found[i][0].scores, scores, tolerance))
      }),
      { numRuns: 25 },
    )
  })

  it('decodes step by step what teacher forcing says of the same tokens', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = new Random(seed)
        const weights = anyModel(random)
        const sources = Array.from({ length: random.integer(1, 5) }, () => ids(random, weights.config.sourceVocabulary))
        const beams = random.pick([1, 3])
        const found = generate(player, weights, sources, { ...generationDefaults, beams, maxTokens: 12 }, 20)
        const pairs = sources.map((source, i) => ({ source, target: found[i][0].ids }))
        new ForcedDecoder(player, weights)
          .score(pairs)
          .forEach((scores, i) => expectClose(found[i][0].scores, scores, 1e-4))
      }),
      { numRuns: 25 },
    )
  })
})

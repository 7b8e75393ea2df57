import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { ROW, withRows } from '#dist/base/choices/position-kinds.js'
import type { Encoding } from '#dist/engine/backend/interface/backend.js'
import { generationDefaults } from '#dist/engine/decode/settings/options.js'
import { ForcedDecoder } from '#dist/engine/decode/teacher-forced.js'
import { Weights } from '#dist/engine/weights/weights.js'
import { backends } from '../../backends.ts'
import { expectClose } from '../decode/expect-close.ts'
import { generate } from '../decode/generate.ts'
import { Random } from '../program/random-operands.ts'
import { anyModel } from './any-model.ts'
import { plainLogits } from './plain-transformer.ts'

/** The same weights in another format. */
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

  it('runs every model that a configuration can describe as the plain formulas do', () => {
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

  it('reads rows of real numbers among the tokens of every model, and decodes them alone and together with the same scores', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const random = new Random(seed)
        const { config } = anyModel(random)
        const rowWidth = random.pick([1, 2, 3, 17])
        const weights = new Weights({ ...config, norm: { ...config.norm, embedding: false }, rowWidth })
        for (let i = 0; i < weights.values.length; i++) weights.values[i] = random.next() - 0.5
        const sources = Array.from({ length: random.integer(1, 4) }, () => {
          const own = ids(random, config.sourceVocabulary).map((id) => (id && random.next() < 0.5 ? ROW : id))
          const count = own.filter((id) => id === ROW).length * rowWidth
          return withRows(
            own,
            Float32Array.from({ length: count }, () => random.next() - 0.5),
          ) as number[]
        })
        const pairs = sources.map((source) => ({ source, target: ids(random, config.targetVocabulary) }))
        const [logits] = new ForcedDecoder(player, weights).trace(pairs, ['output.out'])
        const expected = pairs.flatMap(({ source, target }) => plainLogits(weights, source, target).flat())
        expectClose(logits, expected, 2e-5)
        const options = { ...generationDefaults, beams: 2, maxTokens: 8 }
        const together = generate(player, weights, sources, options, 20)
        for (const [i, source] of sources.entries())
          expect(generate(player, weights, [source], options, 20)[0]).toEqual(together[i])
      }),
      { numRuns: 15 },
    )
  })

  it.each([
    ['float32panels', 1e-4],
    // Keys and values are rounded to bfloat16 in a cache, which teacher forcing does not use; in int8 activations that
    // follow from them are now and then rounded to other integers. Among 1,500 models the largest errors were 0.005 and
    // 0.03.
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

  it('decodes step by step with the same scores as teacher forcing', () => {
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

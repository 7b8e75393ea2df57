import { afterAll, describe, expect, it } from 'vitest'
import { Generator } from '#dist/engine/decode/generator.js'
import type { Found } from '#dist/engine/decode/search/search.js'
import { generationDefaults } from '#dist/engine/decode/settings/options.js'
import { ForcedDecoder } from '#dist/engine/decode/teacher-forced.js'
import type { ModelConfig } from '#dist/engine/model/config/config.js'
import { Weights } from '#dist/engine/weights/weights.js'
import { backends } from '../../backends.ts'
import { expectClose } from '../decode/expect-close.ts'
import { generate } from '../decode/generate.ts'
import { integers, Random } from '../program/random-operands.ts'
import { plainLogits } from './plain-transformer.ts'

const stack = { heads: 2, dHead: 16, dFeedForward: 64 }

/** The layers that stand in the place of masked self-attention in the decoder. */
const kinds: [string, Partial<ModelConfig>][] = [
  ['an SSRU', { decoderSelfAttention: { kind: 'ssru' } }],
  [
    'average attention',
    {
      decoderSelfAttention: { kind: 'average', dFeedForward: 48, depth: 2, activation: 'relu', gatingLayer: true },
    },
  ],
  ['convolutions', { decoderSelfAttention: { kind: 'convolution' }, encoderSelfAttention: { kind: 'convolution' } }],
  [
    'compressed memory',
    { decoder: { layers: 3, ...stack, attention: { local: 4, compressed: { factor: 3, layers: [1, 2] } } } },
  ],
]

/** A student like those in browsers, but narrow. */
function student(own: Partial<ModelConfig>, encoding: 'float32' | 'int8' = 'float32'): Weights {
  const random = new Random(36)
  const weights = new Weights(
    {
      dModel: 32,
      encoder: { layers: 2, ...stack },
      decoder: { layers: 2, ...stack },
      activation: 'relu',
      norm: { kind: 'layerNorm', order: 'post', epsilon: 1e-6 },
      positions: { kind: 'halves' },
      embeddingScale: Math.sqrt(32),
      sourceVocabulary: 60,
      targetVocabulary: 60,
      sharedEmbedding: true,
      tiedOutput: true,
      outputBias: true,
      linearBias: true,
      outputScale: 1,
      ids: { end: 0, start: 2, padding: null, unknown: 1 },
      maxLength: 40,
      ...own,
    },
    encoding,
  )
  for (const { name, rows, width } of weights.parameters)
    weights.setRows(
      name,
      0,
      Float32Array.from({ length: rows * width }, () => random.next() - 0.5),
    )
  return weights
}

const sentences = (random: Random, count: number) =>
  Array.from({ length: count }, () => [...integers(random, random.integer(1, 15), 1, 59), 0])

describe.each(backends)('$name', ({ make }) => {
  const player = make()
  afterAll(() => player.close())

  describe.each(kinds)('a decoder with %s', (_, own) => {
    it('has the logits of the plain formulas in float64, to 1e-4 of their range', () => {
      const weights = student(own)
      const random = new Random(5)
      const [sources, targets] = [sentences(random, 4), sentences(random, 4)]
      const pairs = sources.map((source, i) => ({ source, target: targets[i] }))
      const [logits] = new ForcedDecoder(player, weights).trace(pairs, ['output.out'])
      expectClose(
        logits,
        pairs.flatMap(({ source, target }) => plainLogits(weights, source, target).flat()),
        1e-4,
      )
    })

    it('reads a prompt in one step as teacher forcing does, and continues from it', () => {
      const weights = student(own)
      const [source, prompt] = [
        [5, 9, 3, 0],
        [7, 20, 41, 8],
      ]
      const generator = new Generator(player, weights, { batchTokens: 100 })
      let found: Found[] = []
      const done = (results: Found[]) => {
        found = results
      }
      const options = { ...generationDefaults, beams: 2, maxTokens: 8 }
      generator.add({ source, options, begin: [2, ...prompt], done })
      while (generator.busy) generator.step()
      const target = [...prompt, ...found[0].ids]
      const [scores] = new ForcedDecoder(player, weights).score([{ source, target }])
      expectClose(found[0].scores, scores.slice(prompt.length), 1e-4)
    })

    it('translates in int8 to the same bits, whatever else is in the batch', () => {
      const weights = student(own, 'int8')
      const sources = sentences(new Random(7), 9)
      const options = { ...generationDefaults, beams: 3, maxTokens: 20 }
      const together = generate(player, weights, sources, options, 1000)
      const alone = sources.map((source) => generate(player, weights, [source], options, 1)[0])
      const bits = (found: typeof together) => found.map((best) => best.map(({ ids, scores }) => ({ ids, scores })))
      expect(bits(together)).toEqual(bits(alone))
    })
  })
})

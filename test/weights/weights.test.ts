import { expect, test } from 'vitest'
import { readGlassformerConfig } from '#dist/folders/glassformer-config.js'
import { Weights } from '#dist/weights/weights.js'

const stack = { layers: 1, heads: 2, dFeedForward: 8 }
const json = {
  model_type: 'glassformer',
  dModel: 4,
  encoder: stack,
  decoder: stack,
  sourceVocabulary: 6,
  ids: { end: 0 },
}
const config = readGlassformerConfig(json, 'config.json').model

test.each(['float32', 'int8', 'bfloat16'] as const)(
  'rows that do not fit their weight are refused, in %s',
  (encoding) => {
    const weights = new Weights(config, encoding)
    const before = weights.values.slice()
    const refused = (name: string, row: number, count: number, message: RegExp) =>
      expect(() => weights.setRows(name, row, new Float32Array(count).fill(1))).toThrow(
        expect.objectContaining({ code: 'ERR_SHAPE', message: expect.stringMatching(message) }),
      )
    refused(
      'embedding.weight',
      0,
      7 * 4,
      /^embedding\.weight has rows of 4 values: 28 of them do not fit from row 0 on$/,
    )
    refused('embedding.weight', 5, 2 * 4, /from row 5 on/)
    refused('embedding.weight', -1, 4, /from row -1 on/)
    refused('embedding.weight', 0, 3, /3 of them do not fit/)
    refused('encoder.0.selfAttention.query.bias', 0, 5, /do not fit/)
    refused('encoder.7.selfAttention.query.bias', 0, 4, /encoder\.7/)
    expect(weights.values).toEqual(before)
    weights.setRows('embedding.weight', 5, new Float32Array(4).fill(1))
    expect(weights.values).not.toEqual(before)
  },
)

import { expect, test } from 'vitest'
import { Weights } from '#dist/engine/weights/weights.js'
import { readGlassformerConfig } from '#dist/files/folders/layout/glassformer-config.js'

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

test('weights need a valid configuration, a known encoding, and a store that fits', () => {
  const refused = (make: () => unknown, code: string, message: RegExp) =>
    expect(make).toThrow(expect.objectContaining({ code, message: expect.stringMatching(message) }))
  refused(
    () => new Weights(undefined as never),
    'ERR_MODEL_FORMAT',
    /the configuration of the weights: .* must be an object/,
  )
  refused(
    () => new Weights({ ...config, dModel: 0.5 }),
    'ERR_MODEL_FORMAT',
    /dModel must be a positive integer, not 0.5/,
  )
  refused(() => new Weights(config, 'int3' as never), 'ERR_OPTION', /'encoding' must be one of float32, .* not 'int3'/)
  refused(() => new Weights(config, 'float32', new Float32Array(1)), 'ERR_SHAPE', /a Float32Array of \d+ values/)
})

test.each([
  [{ ids: { ...config.ids, end: null } }, /ids\.end must be an id, not null/],
  [{ positions: { kind: 'relative', clip: 1.5 } }, /positions\.clip must be an integer from 1 to 32767, not 1\.5/],
  [{ positions: { kind: 'relative', clip: 32768 } }, /positions\.clip must be an integer from 1 to 32767, not 32768/],
  [{ positions: { kind: 'learned', rows: 0.5, offset: 0 } }, /positions\.rows must be a positive integer, not 0\.5/],
  [
    { positions: { kind: 'learned', rows: 600, offset: -1 } },
    /positions\.offset must be an integer of at least 0, not -1/,
  ],
])('weights of a model with %o are refused', (change, message) => {
  expect(() => new Weights({ ...config, ...change } as never)).toThrow(
    expect.objectContaining({ code: 'ERR_MODEL_FORMAT', message: expect.stringMatching(message) }),
  )
})

test('weights that no machine has memory for are refused with ERR_MEMORY', () => {
  const large = { ...config, encoder: { ...config.encoder, dFeedForward: 2 ** 50 } }
  expect(() => new Weights(large)).toThrow(
    expect.objectContaining({ code: 'ERR_MEMORY', message: expect.stringMatching(/^there is no memory for \d/) }),
  )
})

test.each(['float32', 'int8'] as const)('quantized rows have a scale each, in %s', (encoding) => {
  const weights = new Weights(config, encoding)
  const set = (values: number, scales: number) =>
    weights.setQuantizedRows('embedding.weight', 0, {
      values: new Int8Array(values),
      scales: new Float32Array(scales),
    })
  set(8, 2)
  for (const [values, scales] of [
    [8, 1],
    [7, 2],
    [28, 7],
    [4, 0],
  ])
    expect(() => set(values, scales)).toThrow(expect.objectContaining({ code: 'ERR_SHAPE' }))
})

test.each(['float32', 'int8', 'int4', 'bfloat16'] as const)(
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
    // Encoded, they lie in one matrix.
    for (const part of ['query', 'key', 'value']) {
      refused(`encoder.0.selfAttention.${part}.weight`, 0, 5 * 4, /20 of them do not fit from row 0 on/)
      refused(`encoder.0.selfAttention.${part}.weight`, 3, 2 * 4, /8 of them do not fit from row 3 on/)
    }
    refused('encoder.7.selfAttention.query.bias', 0, 4, /encoder\.7/)
    expect(weights.values).toEqual(before)
    weights.setRows('embedding.weight', 5, new Float32Array(4).fill(1))
    expect(weights.values).not.toEqual(before)
  },
)

test('embeddings and output projections that caches hold are int8 where other matrices are int4', () => {
  const encodingIn = (vocabulary: number) => {
    const large = { ...config, dModel: 1024, targetVocabulary: vocabulary, sourceVocabulary: vocabulary }
    return new Map(
      [...new Weights(large, 'int4', (size) => new Float32Array(size)).placements].map(([name, { encoding }]) => [
        name,
        encoding,
      ]),
    )
  }
  const [small, large] = [16_383, 16_384].map(encodingIn)
  expect(small.get('embedding.weight')).toBe('int8')
  expect(large.get('embedding.weight')).toBe('int4')
  expect([small, large].map((of) => of.get('encoder.0.feedForward.inner.weight'))).toEqual(['int4', 'int4'])
})

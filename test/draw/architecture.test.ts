import { describe, expect, test } from 'vitest'
import { addsToEmbeddings, type PositionKindName } from '#dist/base/choices/position-kinds.js'
import { architecture } from '#dist/draw/architecture.js'
import { sideOf } from '#dist/draw/marks/side.js'
import { svgText } from '#dist/draw/marks/svg-text.js'
import type { ModelShape } from '#dist/draw/model-shape.js'
import { rendered } from './rendered.ts'

const model: ModelShape = {
  dModel: 256,
  encoder: { layers: 2, heads: 4, dHead: 64, dFeedForward: 1024 },
  decoder: { layers: 1, heads: 8, dHead: 32, dFeedForward: 512 },
  activation: 'relu',
  norm: { kind: 'layerNorm', order: 'post' },
  positions: 'halves',
  embeddingScale: 16,
  sourceVocabulary: 8001,
  targetVocabulary: 500,
}
const drawn = (more: Partial<ModelShape> = {}, sides = {}) =>
  svgText(architecture({ title: 't', model: { ...model, ...more }, ...sides }), 'light')
const opens = (svg: string) => Array.from(svg.matchAll(/data-open="([^"]+)"/g), ([, name]) => name)

describe('the whole machine', () => {
  test('has every part of both stacks, by its name in the listing', () => {
    const layer = (side: string, ...attentions: string[]) => [
      side,
      ...[...attentions, 'feedForward'].flatMap((name) => [`${side}.${name}`, `${side}.${name}Norm`]),
    ]
    expect(opens(drawn()).sort()).toEqual(
      [
        'encoder.embedding',
        'encoder.positions',
        ...layer('encoder.0', 'selfAttention'),
        ...layer('encoder.1', 'selfAttention'),
        'decoder.embedding',
        'decoder.positions',
        ...layer('decoder.0', 'selfAttention', 'crossAttention'),
        'output',
        'softmax',
      ].sort(),
    )
  })

  test('post-norm adds and normalizes after each sub-layer; pre-norm normalizes before it, adds after it, and normalizes once more on top', () => {
    expect(drawn().match(/>Add &amp; LayerNorm</g)).toHaveLength(7)
    const pre = drawn({ norm: { kind: 'rmsNorm', order: 'pre' } })
    expect(pre.match(/>RMSNorm</g)).toHaveLength(7 + 2)
    expect(pre.match(/>Add</g)).toHaveLength(7)
    expect(opens(pre)).toContain('encoder.norm')
    expect(opens(drawn({ norm: { kind: 'layerNorm', order: 'postFinal' } }))).toContain('decoder.norm')
  })

  test('positions that are not added to embeddings have no part', () => {
    for (const [positions, adds] of Object.entries(addsToEmbeddings) as [PositionKindName, boolean][])
      expect(opens(drawn({ positions })).includes('encoder.positions')).toBe(adds)
  })

  test('has the shapes of the model, and with a sentence those of its matrices', () => {
    const bare = drawn()
    for (const text of ['4 heads of 64, [S × S]', '8 heads of 32, [T × S]', '256 → 512 relu → 256', '[T × 500]'])
      expect(bare).toContain(text)
    const source = sideOf('source', ['Je', 'suis', 'là', '</s>'])
    const target = sideOf('target', ['<pad>', 'I', "'m"])
    const full = drawn({}, { source, inputs: target, outputs: target })
    for (const text of ['8 heads of 32, [3 × 4]', '[4 × 256]', '[3 × 500]', '>Je<', '&lt;pad&gt;'])
      expect(full).toContain(text)
  })

  test('has a strip for each part with an output', () => {
    const values = Float32Array.from({ length: 3 * 256 }, (_, i) => Math.sin(i))
    const strips = { 'encoder.0.selfAttention': { rows: 3, width: 256, values }, output: { rows: 1, width: 2, values } }
    expect(drawn({}, { strips }).match(/<image /g)).toHaveLength(2)
  })

  test('of 12 layers and 200 tokens stays whole', () => {
    const many = sideOf(
      'source',
      Array.from({ length: 200 }, (_, i) => `token${i}`),
    )
    const stack = { ...model.encoder, layers: 12 }
    const svg = drawn({ encoder: stack, decoder: stack }, { source: many, inputs: many, outputs: many })
    expect(svg).toContain('… of 200')
    expect(svg).not.toMatch(/NaN|Infinity|undefined/)
    expect(rendered(svg).inked).toBeGreaterThan(0.1)
  })
})

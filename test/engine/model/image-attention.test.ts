import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { checkConfig, type ModelConfig } from '#dist/engine/model/config/config.js'
import { selfAttention } from '#dist/engine/model/layers/attention.js'
import { bindBlocks } from '#dist/engine/model/local/blocks.js'
import { localAttention } from '#dist/engine/model/local/local-attention.js'
import { differentiate } from '#dist/engine/program/gradient.js'
import { LoadedProgram } from '#dist/engine/program/loaded.js'
import { Program } from '#dist/engine/program/program.js'
import { Weights } from '#dist/engine/weights/weights.js'
import { backends } from '../../backends.ts'
import { modelConfig } from '../../learn/train/small-model.ts'
import { seenInImage } from './plain-image.ts'

type Rows = number[][]

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../golden/papers/attention-${name}.json`, import.meta.url), 'utf8'))

/** An image of 4 × 8 in blocks of 2 × 2 with flanges of 2 × 2, by NumPy, which equals PyTorch's autograd. */
const golden: {
  attributes: { heads: number; scale: number }
  inputs: Record<'q' | 'k' | 'v' | 'dz' | 'runs', Rows>
  outputs: { attended: Rows }
  gradients: Record<'q' | 'k' | 'v', Rows>
} = read('2d')

const { heads, scale } = golden.attributes
const width = golden.inputs.q[0].length
const dHead = width / heads
const square = (side: number) => [side, side] as const

const configOf = (local: NonNullable<ModelConfig['decoder']['attention']>['local']): ModelConfig => ({
  ...modelConfig,
  dModel: 3 * width,
  linearBias: false,
  attentionProjection: true,
  positions: { kind: 'none' },
  decoder: { ...modelConfig.decoder, layers: 1, heads, dHead, attention: { local } },
})

const floats = (rows: Rows) => Float32Array.from(rows.flat())

describe('the blocks of an image', () => {
  it('are those of the reference: spans of queries and of gathered keys, and the keys at which queries stand', () => {
    const { inputs } = read('at-2d') as { inputs: Record<'queries' | 'keys' | 'at', Rows> }
    const config = configOf({ image: [4, 6], block: square(2), flange: square(2) })
    const { arrays, rows } = bindBlocks(config, { decoder: Int32Array.of(0, 24) }, { gathered: true })
    expect([...arrays['decoder.blocks']]).toEqual(inputs.queries.flat())
    expect([...arrays['decoder.copiedKeys']]).toEqual(inputs.keys.flat())
    expect([...arrays['decoder.blockPlaces']]).toEqual(inputs.at.flat())
    expect(rows['G.decoder']).toBe(inputs.keys.at(-1)![1])
  })

  it.each([
    [square(8), square(4), square(4)],
    [square(7), [2, 3], [3, 1]],
    [
      [2, 5],
      [4, 2],
      [5, 4],
    ],
    [[3, 4], square(2), square(0)],
    [[1, 1], square(1), square(2)],
  ] as const)(
    'see what is near: image %j, block %j, flange %j, and an image and a half of tokens',
    (image, block, flange) => {
      const settings = { image, block, flange }
      const tokens = Math.ceil(1.5 * image[0] * image[1])
      const begin = 3 // after another sentence
      const spans = Int32Array.of(0, begin, begin, begin + tokens)
      const { arrays } = bindBlocks(configOf(settings), { decoder: spans }, { gathered: true })
      const seen: number[][] = []
      const [blocks, keys] = [arrays['decoder.blocks'], arrays['decoder.copiedKeys']]
      arrays['decoder.blockPlaces'].forEach((at, b) => {
        for (let query = blocks[2 * b]; query < blocks[2 * b + 1]; query++) {
          const last = keys[2 * b] + at + query - blocks[2 * b]
          seen[query] = [...arrays['decoder.copied'].subarray(keys[2 * b], last + 1)]
        }
      })
      expect(seen).toEqual([
        ...seenInImage(settings, begin),
        ...seenInImage(settings, tokens).map((row) => row.map((token) => begin + token)),
      ])
    },
  )

  it('are a decoder’s, beside positions that are not distances', () => {
    const local = { image: square(4), block: square(2), flange: square(2) }
    const good = configOf(local)
    expect(() => checkConfig(good, 'a model')).not.toThrow()
    const refused = (changed: Partial<ModelConfig>, why: RegExp) =>
      expect(() => checkConfig({ ...good, ...changed }, 'a model')).toThrow(why)
    refused({ positions: { kind: 'relative', clip: 3 } }, /image goes without distances/)
    refused({ encoder: { ...good.encoder, attention: { local } } }, /encoder.attention has no image/)
    refused({ decoder: { ...good.decoder, attention: { local, compressed: { factor: 3 } } } }, /not both/)
  })
})

describe.each(backends)('$name', ({ make }) => {
  const player = make()
  afterAll(() => player.close())

  it('attention in an image and its gradients equal the reference', () => {
    const { inputs, outputs, gradients } = golden
    const config = configOf({ image: [4, 8], block: square(2), flange: square(2) })
    const weights = new Weights(config)
    // x is [q | k | v], of which the projections take their part; the golden's scale is not dHead^−½: queries have the difference.
    const factor = scale * dHead ** 0.5
    ;['query', 'key', 'value'].forEach((name, part) => {
      const values = weights.get(`decoder.0.selfAttention.${name}.weight`)
      for (let i = 0; i < width; i++) values[i * 3 * width + part * width + i] = part ? 1 : factor
    })
    const output = weights.get('decoder.0.selfAttention.output.weight')
    for (let i = 0; i < width; i++) output[i * width + i] = 1
    const rows = inputs.q.length
    const p = new Program('image', weights)
    p.training = {
      dropout: { residual: 0, attention: 0, activation: 0 },
      seed: p.input('seed', 1, 1, 'int32'),
      routers: [],
      commitments: [],
    }
    const [x, spans] = [p.input('x', 'T', 3 * width), p.input('targets', 'B', 2, 'int32')]
    const near = localAttention(p, 'decoder', { stack: config.decoder, positions: {} }, config)(0)
    const sublayer = selfAttention(p, near, { spans, causal: true }, config)
    const out = p.within(['decoder', '0', 'selfAttention'], () => sublayer(x, null))
    const found = differentiate(p, [[out, p.input('dOut', 'T', 3 * width)]])
    p.output(found.of(x)!, 'dx')
    p.output(out, 'out')
    const own = Int32Array.of(0, rows)
    const bound = bindBlocks(config, { decoder: own }, { gathered: true })
    const results = { out: new Float32Array(rows * 3 * width), dx: new Float32Array(rows * 3 * width) }
    const beside = (parts: Rows[]) => floats(parts[0].map((_, row) => parts.flatMap((part) => part[row])))
    const zeros = inputs.q.map((row) => row.map(() => 0))
    new LoadedProgram(player, p).play(
      { T: rows, B: 1, ...bound.rows },
      {
        x: beside([inputs.q, inputs.k, inputs.v]),
        dOut: beside([inputs.dz, zeros, zeros]),
        targets: own,
        seed: new Int32Array(1),
        gradients: new Float32Array(weights.values.length),
        ...bound.arrays,
        ...results,
      },
    )
    const expected = beside([gradients.q, gradients.k, gradients.v])
    beside([outputs.attended, zeros, zeros]).forEach((value, i) =>
      expect(results.out[i], `out[${i}]`).toBeCloseTo(value, 5),
    )
    expected.forEach((value, i) => expect(results.dx[i], `dx[${i}]`).toBeCloseTo(value, 5))
  })
})

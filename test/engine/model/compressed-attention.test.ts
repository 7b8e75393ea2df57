import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { compressedAttention } from '#dist/engine/model/compressed/compressed-attention.js'
import { bindCompressed } from '#dist/engine/model/compressed/memory-rows.js'
import type { ModelConfig } from '#dist/engine/model/config/config.js'
import { differentiate } from '#dist/engine/program/gradient.js'
import { LoadedProgram } from '#dist/engine/program/loaded.js'
import { Program } from '#dist/engine/program/program.js'
import { Weights } from '#dist/engine/weights/weights.js'
import { backends } from '../../backends.ts'
import { modelConfig } from '../../learn/train/small-model.ts'

interface Golden {
  attributes: { heads: number; scale: number; factor: number }
  inputs: Record<'x' | 'q' | 'k' | 'v' | 'o' | 'C' | 'dOut', number[][]> & { bias: number[] }
  outputs: { out: number[][] }
  gradients: Record<'x' | 'q' | 'k' | 'v' | 'o' | 'C', number[][]> & { bias: number[] }
}

/** A sentence of ten tokens by NumPy, which equals Tensor2Tensor's multihead_self_attention_reduced. */
const golden: Golden = JSON.parse(
  readFileSync(new URL('../../golden/papers/memory-compressed-attention.json', import.meta.url), 'utf8'),
)

const { heads, scale, factor } = golden.attributes
const width = golden.inputs.x[0].length
const dHead = width / heads
const config: ModelConfig = {
  ...modelConfig,
  dModel: width,
  linearBias: false,
  decoder: {
    ...modelConfig.decoder,
    layers: 1,
    heads,
    dHead,
    attention: { local: 1, compressed: { factor, layers: [0] } },
  },
}
const path = 'decoder.0.selfAttention'
/** The weights by their names in the golden. The golden's scale is not dHead^−½: queries have the difference. */
const named = {
  [`${path}.query.weight`]: ['q', scale * dHead ** 0.5],
  [`${path}.key.weight`]: ['k', 1],
  [`${path}.value.weight`]: ['v', 1],
  [`${path}.output.weight`]: ['o', 1],
  [`${path}.memory.weight`]: ['C', 1],
  [`${path}.memory.bias`]: ['bias', 1],
} as const

describe.each(backends)('$name', ({ make }) => {
  const player = make()
  afterAll(() => player.close())

  it('memory-compressed attention and its gradients equal the reference', () => {
    const { inputs, outputs, gradients } = golden
    const weights = new Weights(config)
    for (const [name, [key, factor]] of Object.entries(named))
      weights.get(name).set(inputs[key].flat().map((value) => factor * value))
    const rows = inputs.x.length
    const p = new Program('compressed', weights)
    p.training = {
      dropout: { residual: 0, attention: 0, activation: 0 },
      seed: p.input('seed', 1, 1, 'int32'),
      routers: [],
      commitments: [],
    }
    const [x, spans] = [p.input('x', 'S', width), p.input('targets', 'B', 2, 'int32')]
    const sublayer = compressedAttention(p, { spans }, config.decoder.attention!.compressed!, config)(0)
    const out = p.within(path.split('.'), () => sublayer(x, null))
    const found = differentiate(p, [[out, p.input('dOut', 'S', width)]])
    p.output(found.of(x)!, 'dx')
    p.output(out, 'out')
    const own = Int32Array.of(0, rows)
    const { rows: symbols, arrays } = bindCompressed(config, own, { gathered: true })
    const results = { out: new Float32Array(rows * width), dx: new Float32Array(rows * width) }
    const sums = new Float32Array(weights.values.length)
    const floats = (values: number[][]) => Float32Array.from(values.flat())
    new LoadedProgram(player, p).play(
      { S: rows, B: 1, ...symbols },
      {
        x: floats(inputs.x),
        dOut: floats(inputs.dOut),
        targets: own,
        seed: new Int32Array(1),
        gradients: sums,
        ...arrays,
        ...results,
      },
    )
    for (const [i, value] of outputs.out.flat().entries()) expect(results.out[i], `out[${i}]`).toBeCloseTo(value, 5)
    for (const [i, value] of gradients.x.flat().entries()) expect(results.dx[i], `dx[${i}]`).toBeCloseTo(value, 5)
    for (const [name, [key, factor]] of Object.entries(named)) {
      const { offset } = weights.place(name)
      for (const [i, value] of gradients[key].flat().entries())
        expect(sums[offset + i] * factor, `${name}[${i}]`).toBeCloseTo(value, 5)
    }
  })
})

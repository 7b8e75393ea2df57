import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { selfAttention } from '#dist/engine/model/attention.js'
import type { ModelConfig } from '#dist/engine/model/config.js'
import { stackPositions } from '#dist/engine/model/positions/stack-positions.js'
import { differentiate } from '#dist/engine/program/gradient.js'
import { LoadedProgram } from '#dist/engine/program/loaded.js'
import { add } from '#dist/engine/program/ops/add.js'
import { Program } from '#dist/engine/program/program.js'
import { Weights } from '#dist/engine/weights/weights.js'
import { backends } from '../../backends.ts'
import { modelConfig } from '../../learn/train/small-model.ts'
import { expectClose } from '../decode/expect-close.ts'

interface Golden {
  cases: { causal: boolean; z: number[]; gradients: Record<string, number[]> }[]
}

const golden: Golden = JSON.parse(
  readFileSync(new URL('../../golden/relative-positions/relative-positions.json', import.meta.url), 'utf8'),
)

/** The formulas and sizes of make.py. */
const [D_MODEL, HEADS, CLIP] = [12, 3, 2]
const SPANS = Int32Array.of(0, 1, 1, 7, 7, 11)
const ROWS = 11
const frequencies = { query: 1.1, key: 1.3, value: 1.5, output: 1.7, relativeKeys: 0.9, relativeValues: 1.9 }
const wave = (length: number, frequency: number) => Float32Array.from({ length }, (_, i) => Math.sin(1 + frequency * i))

const stack = { layers: 1, heads: HEADS, dHead: D_MODEL / HEADS, dFeedForward: 4 }
const config: ModelConfig = {
  ...modelConfig,
  dModel: D_MODEL,
  encoder: stack,
  decoder: stack,
  positions: { kind: 'relative', clip: CLIP },
  linearBias: false,
}
const path = (name: string) => `encoder.0.selfAttention.${name}.weight`

describe.each(backends)('self-attention with relative positions ($name)', ({ make }) => {
  const player = make()
  afterAll(() => player.close())

  it.each(golden.cases)("has PyTorch's values and gradients, causal: $causal", ({ causal, z, gradients }) => {
    const weights = new Weights(config)
    for (const [name, frequency] of Object.entries(frequencies)) {
      const values = weights.get(path(name))
      values.set(wave(values.length, frequency))
    }
    const p = new Program('attention', weights)
    const [x, zeros, dz] = ['x', 'zeros', 'dz'].map((name) => p.input(name, 'T', D_MODEL))
    const spans = p.input('spans', 'B', 2, 'int32')
    const positions = p.within('encoder', () => stackPositions(p, 'encoder', 'T', config).attended())
    const attention = selfAttention(p, { stack: config.encoder, positions }, { spans, causal }, config)
    const attended = p.within(['encoder', '0', 'selfAttention'], () => attention(x, zeros))
    const dx = differentiate(p, [[attended, dz]]).of(x)!
    p.output(attended, 'z')
    p.output(add(p, { a: dx, b: zeros })[0], 'dx')
    const arrays = {
      x: wave(ROWS * D_MODEL, 0.7),
      zeros: new Float32Array(ROWS * D_MODEL),
      dz: wave(ROWS * D_MODEL, 0.3),
      spans: SPANS,
      z: new Float32Array(ROWS * D_MODEL),
      dx: new Float32Array(ROWS * D_MODEL),
      gradients: new Float32Array(weights.values.length),
    }
    new LoadedProgram(player, p).play({ T: ROWS, B: 3 }, arrays)
    expectClose(arrays.z, z, 1e-5)
    expectClose(arrays.dx, gradients.x, 1e-5)
    for (const name of Object.keys(frequencies)) {
      const { offset, rows, width } = weights.place(path(name))
      expectClose(arrays.gradients.slice(offset, offset + rows * width), gradients[name], 1e-5)
    }
    expect(Object.keys(gradients)).toHaveLength(1 + Object.keys(frequencies).length)
  })
})

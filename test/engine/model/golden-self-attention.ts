import { expect } from 'vitest'
import type { Player } from '#dist/engine/backend/interface/backend.js'
import type { ModelConfig } from '#dist/engine/model/config/config.js'
import { selfAttention } from '#dist/engine/model/layers/attention.js'
import { stackPositions } from '#dist/engine/model/layers/embedding.js'
import { PositionTable } from '#dist/engine/model/position-table.js'
import { differentiate } from '#dist/engine/program/gradient.js'
import { LoadedProgram } from '#dist/engine/program/loaded.js'
import { add } from '#dist/engine/program/ops/add.js'
import { Program } from '#dist/engine/program/program.js'
import { Weights } from '#dist/engine/weights/weights.js'
import { modelConfig } from '../../learn/train/small-model.ts'
import { expectClose } from '../decode/expect-close.ts'

/** A self-attention computed by PyTorch: its output, and the gradients of its input and weights. */
export interface GoldenAttention {
  causal: boolean
  z: number[]
  gradients: Record<string, number[]>
}

/** The formulas and sizes of the make.py files. */
const [D_MODEL, HEADS] = [12, 3]
const LENGTHS = [1, 6, 4]
const SPANS = Int32Array.of(0, 1, 1, 7, 7, 11)
const ROWS = 11
const wave = (length: number, frequency: number) => Float32Array.from({ length }, (_, i) => Math.sin(1 + frequency * i))
const path = (name: string) => `encoder.0.selfAttention.${name}.weight`
const stack = { layers: 1, heads: HEADS, dHead: D_MODEL / HEADS, dFeedForward: 4 }

/**
 * Runs the self-attention of the golden file with these positions, and compares values and gradients. `more` holds
 * further weights.
 */
export function expectGoldenAttention(
  player: Player,
  positions: ModelConfig['positions'],
  { causal, z, gradients }: GoldenAttention,
  more: Readonly<Record<string, number>> = {},
): void {
  const frequencies: Record<string, number> = { query: 1.1, key: 1.3, value: 1.5, output: 1.7, ...more }
  const config: ModelConfig = {
    ...modelConfig,
    dModel: D_MODEL,
    encoder: stack,
    decoder: stack,
    positions,
    linearBias: false,
  }
  const weights = new Weights(config)
  for (const [name, frequency] of Object.entries(frequencies)) {
    const values = weights.get(path(name))
    values.set(wave(values.length, frequency))
  }
  const p = new Program('attention', weights)
  const [x, zeros, dz] = ['x', 'zeros', 'dz'].map((name) => p.input(name, 'T', D_MODEL))
  const spans = p.input('spans', 'B', 2, 'int32')
  const attended = p.within('encoder', () => stackPositions(p, 'encoder', 'T', config).attended())
  const attention = selfAttention(p, { stack, positions: attended }, { spans, causal }, config)
  const made = p.within(['encoder', '0', 'selfAttention'], () => attention(x, zeros))
  const dx = differentiate(p, [[made, dz]]).of(x)!
  p.output(made, 'z')
  p.output(add(p, { a: dx, b: zeros })[0], 'dx')
  const table = PositionTable.of(config).atLeast(Math.max(...LENGTHS))
  const arrays = {
    ...table.arrays,
    'source.positions': Int32Array.from(LENGTHS.flatMap((length) => Array.from({ length }, (_, i) => i))),
    x: wave(ROWS * D_MODEL, 0.7),
    zeros: new Float32Array(ROWS * D_MODEL),
    dz: wave(ROWS * D_MODEL, 0.3),
    spans: SPANS,
    z: new Float32Array(ROWS * D_MODEL),
    dx: new Float32Array(ROWS * D_MODEL),
    gradients: new Float32Array(weights.values.length),
  }
  new LoadedProgram(player, p).play({ T: ROWS, B: 3, N: table.rows }, arrays)
  expectClose(arrays.z, z, 1e-5)
  expectClose(arrays.dx, gradients.x, 1e-5)
  for (const name of Object.keys(frequencies)) {
    const { offset, rows, width } = weights.place(path(name))
    expectClose(arrays.gradients.slice(offset, offset + rows * width), gradients[name], 1e-5)
  }
  expect(Object.keys(gradients)).toHaveLength(1 + Object.keys(frequencies).length)
}

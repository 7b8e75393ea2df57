import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { opTable } from '#dist/engine/program/op-table.js'
import { backends } from '../../backends.ts'
import { playCase } from './play-case.ts'
import { type OpCase, whole } from './random-operands.ts'

interface Golden {
  attributes: Record<'dilation' | 'before', number>
  inputs: Record<'x' | 'weight' | 'spans' | 'dConvolved', number[][]>
  outputs: { convolved: number[][] }
  gradients: Record<'x' | 'weight', number[][]>
}

/** Convolutions of four sentences, one of them empty, by NumPy, which equals PyTorch's conv1d and its autograd. */
const golden = (name: string): Golden =>
  JSON.parse(readFileSync(new URL(`../../golden/depthwise/${name}.json`, import.meta.url), 'utf8'))

const numbers = (rows: string | number, values: number[][]) =>
  whole(rows, values[0].length, Float32Array.from(values.flat()))

describe.each(backends)('$name', ({ make }) => {
  const player = make()
  afterAll(() => player.close())

  it.each(['same3', 'same7', 'causal5dilated2'])('%s: depthwise and its gradients equal those of PyTorch', (name) => {
    const { attributes, inputs, outputs, gradients } = golden(name)
    const operands = {
      x: numbers('T', inputs.x),
      weight: numbers(inputs.weight.length, inputs.weight),
      spans: whole('B', 2, Int32Array.from(inputs.spans.flat())),
    }
    const c: OpCase = { symbols: { T: inputs.x.length, B: inputs.spans.length }, inputs: operands, attributes }
    const { convolved } = playCase(player, opTable.get('depthwise')!, c).arrays
    for (const [i, value] of outputs.convolved.flat().entries()) expect(convolved[i]).toBeCloseTo(value, 5)

    const zeros = inputs.weight.map((row) => row.map(() => 0))
    const more = { dConvolved: numbers('T', inputs.dConvolved), dWeight: numbers(zeros.length, zeros) }
    const { dx, dWeight } = playCase(player, opTable.get('depthwiseGradient')!, {
      ...c,
      inputs: { ...operands, ...more },
    }).arrays
    for (const [i, value] of gradients.x.flat().entries()) expect(dx[i]).toBeCloseTo(value, 5)
    for (const [i, value] of gradients.weight.flat().entries()) expect(dWeight[i]).toBeCloseTo(value, 5)
  })
})

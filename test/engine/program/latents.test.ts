import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { opTable } from '#dist/engine/program/op-table.js'
import { backends } from '../../backends.ts'
import { playCase } from './play-case.ts'
import { whole } from './random-operands.ts'

interface Golden {
  attributes: Record<string, number>
  inputs: Record<string, number[][]>
  outputs: Record<string, number[][]>
  gradients: Record<string, number[][]>
}

/** Bottlenecks by NumPy, whose values and gradients equal those of PyTorch, and whose codes equal Tensor2Tensor's. */
const golden = (name: string): Golden =>
  JSON.parse(readFileSync(new URL(`../../golden/papers/${name}.json`, import.meta.url), 'utf8'))

const numbers = (rows: string | number, values: number[][]) =>
  whole(rows, values[0].length, Float32Array.from(values.flat()))
const integers = (rows: string, values: number[][]) => whole(rows, values[0].length, Int32Array.from(values.flat()))

function expectValues(actual: ArrayLike<number>, expected: number[][], what: string): void {
  for (const [i, value] of expected.flat().entries()) expect(actual[i], `${what}[${i}]`).toBeCloseTo(value, 5)
}

describe.each(backends)('$name', ({ make }) => {
  const player = make()
  afterAll(() => player.close())

  it('quantize: values, codes, commitment and gradient equal the reference', () => {
    const { attributes, inputs, outputs, gradients } = golden('quantize')
    const { x, codebook, dQuantized } = inputs
    const [S, { blocks, beta }] = [x.length, attributes]
    const { arrays } = playCase(player, opTable.get('quantize')!, {
      symbols: { S },
      inputs: { x: numbers('S', x), codebook: numbers(codebook.length, codebook) },
      attributes: { blocks },
    })
    expectValues(arrays.quantized, outputs.quantized, 'quantized')
    expect([...arrays.codes]).toEqual(outputs.codes.flat())
    const mean = Array.from(arrays.errors).reduce((sum, error) => sum + error / S, 0)
    expect(beta * mean).toBeCloseTo(outputs.loss[0][0], 5)
    const { dx } = playCase(player, opTable.get('quantizeGradient')!, {
      symbols: { S },
      inputs: {
        x: numbers('S', x),
        quantized: numbers('S', outputs.quantized),
        dQuantized: numbers('S', dQuantized),
        dErrors: whole('S', 1, new Float32Array(S).fill(beta / S)),
      },
      attributes: {},
    }).arrays
    expectValues(dx, gradients.x, 'dx')
  })

  it('moveCodebook: counts, sums and codebook equal the reference', () => {
    const { attributes, inputs, outputs } = golden('moveCodebook')
    const { x, codes, counts, sums } = inputs
    const entries = counts.length
    const { arrays } = playCase(player, opTable.get('moveCodebook')!, {
      symbols: { S: x.length },
      inputs: {
        x: numbers('S', x),
        codes: integers('S', codes),
        counts: numbers(entries, counts),
        sums: numbers(entries, sums),
        codebook: numbers(entries, sums),
      },
      attributes,
    })
    for (const name of ['counts', 'sums', 'codebook']) expectValues(arrays[name], outputs[name], name)
  })

  it('semanticHash: code and gradient equal the reference', () => {
    const { inputs, outputs, gradients } = golden('semanticHash')
    const { x, noise, hard, dCode } = inputs
    const given = { x: numbers('S', x), noise: numbers('S', noise) }
    const symbols = { S: x.length }
    const hash = { symbols, inputs: { ...given, hard: integers('S', hard) }, attributes: {} }
    expectValues(playCase(player, opTable.get('semanticHash')!, hash).arrays.code, outputs.code, 'code')
    const slope = { symbols, inputs: { ...given, dCode: numbers('S', dCode) }, attributes: {} }
    expectValues(playCase(player, opTable.get('semanticHashGradient')!, slope).arrays.dx, gradients.x, 'dx')
  })
})

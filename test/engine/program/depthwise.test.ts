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
  it('depthwiseStep, token by token and with all tokens in one step, equals the causal convolution of PyTorch', () => {
    const { attributes, inputs, outputs } = golden('causal5dilated2')
    const { x, weight, spans } = inputs
    const cache = whole('M', 4, new Float32Array(4 * x.length))
    const take = (first: number, rows: number[][]) => {
      const [begin] = spans.findLast(([begin, end]) => begin <= first && begin < end)!
      const pasts = rows.flatMap((_, i) => [0, first + i + 1 - begin])
      const { arrays } = playCase(player, opTable.get('depthwiseStep')!, {
        symbols: { R: rows.length, M: x.length, A: first + rows.length - begin },
        inputs: {
          x: numbers('R', rows),
          weight: numbers(weight.length, weight),
          slots: whole(
            'R',
            1,
            Int32Array.from(rows, (_, i) => first + i),
          ),
          ancestors: whole(
            'A',
            1,
            Int32Array.from({ length: first + rows.length - begin }, (_, i) => begin + i),
          ),
          spans: whole('R', 2, Int32Array.from(pasts)),
          cache,
        },
        attributes: { dilation: attributes.dilation },
      })
      cache.data.set(arrays.cache)
      return [...arrays.convolved]
    }
    const alone = x.flatMap((row, t) => take(t, [row]))
    const together = spans.flatMap(([begin, end]) => (begin < end ? take(begin, x.slice(begin, end)) : []))
    expect(together).toEqual(alone)
    for (const [i, value] of outputs.convolved.flat().entries()) expect(alone[i]).toBeCloseTo(value, 5)
  })
})

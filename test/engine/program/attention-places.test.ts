import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { opTable } from '#dist/engine/program/op-table.js'
import { backends } from '../../backends.ts'
import { playCase } from './play-case.ts'
import { type OpCase, whole } from './random-operands.ts'

interface Golden {
  attributes: Record<'heads' | 'scale' | 'every', number> & { causal: boolean }
  inputs: Record<'q' | 'k' | 'v' | 'queries' | 'keys' | 'at' | 'dz', number[][]>
  outputs: { attended: number[][] }
  gradients: Record<'q' | 'k' | 'v', number[][]>
}

/** Masks of local and compressed attention as spans with `at` and `every`, by NumPy, which equals PyTorch's autograd. */
const golden = (name: string): Golden =>
  JSON.parse(readFileSync(new URL(`../../golden/papers/attention-${name}.json`, import.meta.url), 'utf8'))

const numbers = (rows: string, values: number[][]) => whole(rows, values[0].length, Float32Array.from(values.flat()))
const integers = (values: number[][]) => whole('B', values[0].length, Int32Array.from(values.flat()))

describe.each(backends)('$name', ({ make }) => {
  const player = make()
  afterAll(() => player.close())

  it.each(['at-local-causal', 'at-2d', 'every-3'])('%s: attention and its gradients equal the reference', (name) => {
    const { attributes, inputs, outputs, gradients } = golden(name)
    const c: OpCase = {
      symbols: { T: inputs.q.length, S: inputs.k.length, B: inputs.queries.length },
      inputs: {
        ...{ q: numbers('T', inputs.q), k: numbers('S', inputs.k), v: numbers('S', inputs.v) },
        ...{ queries: integers(inputs.queries), keys: integers(inputs.keys), at: integers(inputs.at) },
      },
      attributes: { ...attributes, dropout: 0, site: 0 },
    }
    const plain = { ...c, attributes: { ...c.attributes, traced: false } }
    const { attended } = playCase(player, opTable.get('attention')!, plain).arrays
    for (const [i, value] of outputs.attended.flat().entries()) expect(attended[i]).toBeCloseTo(value, 5)

    const made = playCase(player, opTable.get('attentionGradient')!, {
      ...c,
      inputs: { ...c.inputs, dz: numbers('T', inputs.dz) },
    }).arrays
    for (const operand of ['q', 'k', 'v'] as const)
      for (const [i, value] of gradients[operand].flat().entries())
        expect(made[`d${operand}`][i], `d${operand}[${i}]`).toBeCloseTo(value, 5)
  })
})

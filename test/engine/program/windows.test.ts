import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { opTable } from '#dist/engine/program/op-table.js'
import { backends } from '../../backends.ts'
import { playCase } from './play-case.ts'
import { whole } from './random-operands.ts'

interface Golden {
  inputs: Record<'x' | 'index' | 'inverse' | 'dWindows', number[][]>
  outputs: { windows: number[][] }
  gradients: { x: number[][] }
}

/** Windows of four sentences, one of them empty, by NumPy; with a product they equal PyTorch's conv1d. */
const golden = (name: string): Golden =>
  JSON.parse(readFileSync(new URL(`../../golden/papers/windows-${name}.json`, import.meta.url), 'utf8'))

const numbers = (rows: string, values: number[][]) => whole(rows, values[0].length, Float32Array.from(values.flat()))
const integers = (rows: string, values: number[][]) => whole(rows, values[0].length, Int32Array.from(values.flat()))

describe.each(backends)('$name', ({ make }) => {
  const player = make()
  afterAll(() => player.close())

  it.each(['conv3', 'stride2', 'pack3'])('%s: windows and their gradient equal the reference', (name) => {
    const { inputs, outputs, gradients } = golden(name)
    const symbols = { S: inputs.x.length, T: inputs.index.length }
    const places = { index: integers('T', inputs.index), inverse: integers('S', inputs.inverse) }
    const { windowed } = playCase(player, opTable.get('windows')!, {
      symbols,
      inputs: { x: numbers('S', inputs.x), ...places },
      attributes: {},
    }).arrays
    expect(windowed).toEqual(Float32Array.from(outputs.windows.flat()))
    const { folded } = playCase(player, opTable.get('fold')!, {
      symbols,
      inputs: { x: numbers('T', inputs.dWindows), ...places },
      attributes: { taps: inputs.index[0].length },
    }).arrays
    for (const [i, value] of gradients.x.flat().entries()) expect(folded[i]).toBeCloseTo(value, 5)
  })
})

import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import type { Encoding, Player } from '#dist/engine/backend/interface/backend.js'
import { JsPlayer } from '#dist/engine/backend/js/player.js'
import { LoadedProgram } from '#dist/engine/program/loaded.js'
import { opTable } from '#dist/engine/program/op-table.js'
import { mixture } from '#dist/engine/program/ops/mixture.js'
import { Program } from '#dist/engine/program/program.js'
import { backends } from '../../backends.ts'
import { encodedStore } from './encoded-store.ts'
import { playCase } from './play-case.ts'
import { Random, whole } from './random-operands.ts'

interface Golden {
  attributes: Record<string, unknown>
  inputs: Record<string, number[][]>
  outputs: Record<string, number[][]>
  gradients: Record<string, number[][]>
}

/** Experts by NumPy, whose values and gradients equal those of PyTorch, and whose gates equal Tensor2Tensor's. */
const golden = (name: string): Golden =>
  JSON.parse(readFileSync(new URL(`../../golden/papers/${name}.json`, import.meta.url), 'utf8'))

const numbers = (rows: string | number, values: number[][]) =>
  whole(rows, values[0].length, Float32Array.from(values.flat()))

function expectValues(actual: ArrayLike<number>, expected: number[][], what: string): void {
  for (const [i, value] of expected.flat().entries()) expect(actual[i], `${what}[${i}]`).toBeCloseTo(value, 5)
}

/** y of a mixture whose weights are stored encoded. */
function encodedMixture(player: Player, encoding: Encoding): Float32Array {
  const random = new Random(3)
  const [S, experts, inputs, hidden, outputs] = [9, 3, 40, 32, 48]
  const store = encodedStore(encoding, {
    inner: { rows: experts * hidden, width: inputs, values: random.floats(experts * hidden * inputs) },
    outer: { rows: experts * outputs, width: hidden, values: random.floats(experts * outputs * hidden) },
  })
  const p = new Program('mixture', store)
  const given = { x: p.input('x', 'S', inputs), gates: p.input('gates', 'S', experts) }
  const weights = { inner: p.weight('inner'), outer: p.weight('outer') }
  p.output(mixture(p, { ...given, ...weights }, { activation: 'relu', scale: 1, k: 2 })[0], 'y')
  const gates = Float32Array.from({ length: S * experts }, (_, i) => (i % 4 ? 0.2 + (i % 5) / 10 : 0))
  const y = new Float32Array(S * outputs)
  new LoadedProgram(player, p).play({ S }, { x: random.floats(S * inputs), gates, y })
  return y
}

describe.each(backends)('$name', ({ make }) => {
  const player = make()
  afterAll(() => player.close())

  it.each([
    ['gates', false],
    ['gates-without-noise', false],
    ['switch', true],
  ] as const)('%s: gates and load equal the reference', (name, overAll) => {
    const { attributes, inputs, outputs } = golden(name)
    const operands = Object.fromEntries(Object.entries(inputs).map(([key, rows]) => [key, numbers('S', rows)]))
    const { arrays } = {
      arrays: playCase(player, opTable.get('gates')!, {
        symbols: { S: inputs.clean.length },
        inputs: operands,
        attributes: { k: attributes.k ?? 1, overAll },
      }).arrays,
    }
    expectValues(arrays.gates, outputs.gates, 'gates')
    if (outputs.load) expectValues(arrays.load, outputs.load, 'load')
  })

  it.each(['float32panels', 'bfloat16', 'int8', 'int4'] as const)(
    'experts stored as %s are those of JavaScript',
    (encoding) => {
      const made = encodedMixture(player, encoding)
      const expected = encodedMixture(new JsPlayer(), encoding)
      const range = Math.max(...expected.map(Math.abs))
      const worst = Math.max(...made.map((value, i) => Math.abs(value - expected[i])))
      // Some processors multiply bfloat16 with activations that are rounded too.
      expect(worst / range).toBeLessThan(encoding === 'bfloat16' ? 0.01 : 1e-5)
      const plain = encodedMixture(new JsPlayer(), 'float32')
      expect(Math.max(...made.map((value, i) => Math.abs(value - plain[i]))) / range).toBeLessThan(
        encoding === 'int4' ? 0.15 : 0.03,
      )
    },
  )

  it('the balance and its gradient equal those of PyTorch', () => {
    const { inputs, outputs, gradients } = golden('balance')
    const c = { symbols: { S: inputs.x.length }, inputs: { x: numbers('S', inputs.x) }, attributes: {} }
    expectValues(playCase(player, opTable.get('balance')!, c).arrays.balance, outputs.loss, 'balance')
    const given = { ...c.inputs, dBalance: numbers(1, [[1]]) }
    const { dx } = playCase(player, opTable.get('balanceGradient')!, { ...c, inputs: given }).arrays
    expectValues(dx, gradients.x, 'dx')
  })

  it('a mixture of experts and its gradients equal those of PyTorch', () => {
    const { attributes, inputs, outputs, gradients } = golden('mixture')
    const { x, gates, inner, outer, dMixed } = inputs
    const operands = {
      x: numbers('S', x),
      gates: numbers('S', gates),
      inner: numbers(inner.length, inner),
      outer: numbers(outer.length, outer),
    }
    const c = { symbols: { S: x.length }, inputs: operands, attributes: { ...attributes, k: 2 } }
    expectValues(playCase(player, opTable.get('mixture')!, c).arrays.mixed, outputs.mixed, 'mixed')
    const nothing = (rows: number[][]) =>
      numbers(
        rows.length,
        rows.map((row) => row.map(() => 0)),
      )
    const made = playCase(player, opTable.get('mixtureGradient')!, {
      ...c,
      inputs: { ...operands, dMixed: numbers('S', dMixed), dInner: nothing(inner), dOuter: nothing(outer) },
      attributes,
    }).arrays
    expectValues(made.dx, gradients.x, 'dx')
    for (const [i, gate] of gates.flat().entries())
      expect(made.dGates[i]).toBeCloseTo(gate > 0 ? gradients.gates.flat()[i] : 0, 5)
    expectValues(made.dInner, gradients.inner, 'dInner')
    expectValues(made.dOuter, gradients.outer, 'dOuter')
  })
})

import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { GlassformerError } from '#dist/base/errors.js'
import { kernels } from '#dist/engine/backend/js/kernels.js'
import { opTable } from '#dist/engine/program/op-table.js'
import { backends, wasmBackends } from '../../backends.ts'
import { casesOf } from '../../share.ts'
import { opTests } from './op-tests.ts'
import { playCase, recordCase } from './play-case.ts'
import { Random } from './random-operands.ts'

/** Largest difference divided by the largest magnitude of the values or of the summands; 0 for equal infinities. */
function difference(actual: ArrayLike<number>, expected: ArrayLike<number>, terms = 0): number {
  let [worst, range] = [0, Math.max(1, terms)]
  for (let i = 0; i < expected.length; i++) {
    if (Number.isFinite(expected[i])) range = Math.max(range, Math.abs(expected[i]))
    if (actual[i] !== expected[i]) worst = Math.max(worst, Math.abs(actual[i] - expected[i]))
    if (Number.isNaN(actual[i])) worst = Infinity
  }
  return actual.length === expected.length ? worst / range : Infinity
}

const TOLERANCE = 2e-5

it.each([...opTable.values()])('$name refuses each operand that is wider than the others imply', (row) => {
  for (let seed = 0; seed < casesOf(20); seed++) {
    const opCase = opTests[row.name].case(new Random(seed))
    for (const [name, operand] of Object.entries(opCase.inputs)) {
      if (!operand || opTests[row.name].freeWidths?.includes(name)) continue
      const wider = { ...operand, width: operand.width + 1, baseWidth: operand.baseWidth + 1 }
      const played = () => recordCase(row, { ...opCase, inputs: { ...opCase.inputs, [name]: wider } })
      expect(played, `${name}, seed ${seed}`).toThrow(expect.objectContaining({ code: 'ERR_SHAPE' }))
    }
  }
})

it('has a random case and a composed reference for every row of the op table', () => {
  expect(Object.keys(opTests).sort()).toEqual([...opTable.keys()].sort())
})

it('has a JavaScript kernel for every row of the op table, under its name, and no other', () => {
  expect(Object.keys(kernels).sort()).toEqual([...opTable.keys()].sort())
})

describe.each([...backends, ...wasmBackends])('$name', ({ name: backend, make }) => {
  // WebAssembly computes the same as the other sets of four lanes.
  const CASES = casesOf(backend.startsWith('wasm') ? 12 : 36)
  const player = make()
  afterAll(() => player.close())

  it.each([...opTable.values()])('$name equals its composition on random shapes', (row) => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const opCase = opTests[row.name].case(new Random(seed))
        const { arrays } = playCase(player, row, opCase)
        const expected = opTests[row.name].reference(opCase)
        const terms = opTests[row.name].terms?.(opCase) ?? []
        Object.values(arrays).forEach((array, i) =>
          expect(difference(array, expected[i], terms[i])).toBeLessThan(TOLERANCE),
        )
      }),
      { numRuns: CASES, examples: (opTests[row.name].seeds ?? []).map((seed): [number] => [seed]) },
    )
  })

  it.each(
    [...opTable.values()].filter(({ name }) => (kernels as Readonly<Record<string, { check?: unknown }>>)[name].check),
  )('$name refuses integers out of range and writes nothing', (row) => {
    for (let seed = 0; seed < Math.ceil(CASES / 1.8); seed++) {
      const opCase = opTests[row.name].case(new Random(seed))
      // Any seed will do.
      const names = row.integers!.filter((input) => input !== 'seed' && opCase.inputs[input]?.data.length)
      const played = playCase(player, row, opCase)
      const before = Object.values(played.arrays).map((array) => array.slice())
      for (const name of names)
        for (const value of [-2, 2147483647, -2147483648]) {
          const wrong = opCase.inputs[name]!.data.slice()
          wrong[seed % wrong.length] = value
          expect(() => played.again({ [name]: wrong })).toThrow(expect.objectContaining({ code: 'ERR_SHAPE' }))
        }
      expect(Object.values(played.arrays)).toEqual(before)
    }
  })

  it.each([...opTable.values()])('$name refuses arrays that are too short', (row) => {
    const opCase = opTests[row.name].case(new Random(4))
    const played = playCase(player, row, opCase)
    for (const [name, operand] of Object.entries(opCase.inputs)) {
      if (!operand?.data.length) continue
      expect(() => played.again({ [name]: operand.data.slice(1) })).toThrow(GlassformerError)
    }
  })
})

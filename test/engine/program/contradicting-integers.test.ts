import { afterAll, describe, expect, it } from 'vitest'
import type { TensorArray } from '#dist/engine/backend/interface/backend.js'
import { opTable } from '#dist/engine/program/op-table.js'
import { backends } from '../../backends.ts'
import { opTests } from './op-tests.ts'
import { playCase } from './play-case.ts'
import { type OpCase, type OperandCase, Random } from './random-operands.ts'

/** A random case with operands to be damaged. */
function caseOf(op: string, suits: (operand: (name: string) => TensorArray | []) => boolean): OpCase {
  for (let seed = 0; ; seed++) {
    const opCase = opTests[op].case(new Random(seed))
    if (suits((name) => opCase.inputs[name]?.data ?? [])) return opCase
  }
}

/**
 * Integers that are in range individually, but would make a kernel read or write at wrong places, or that are out of
 * order.
 */
describe.each(backends)('$name refuses', ({ make }) => {
  const player = make()
  afterAll(() => player.close())

  function refused(op: string, opCase: OpCase, name: string, change: (integers: Int32Array) => void, message: string) {
    const played = playCase(player, opTable.get(op)!, opCase)
    const before = Object.values(played.arrays).map((array) => array.slice())
    const changed = (opCase.inputs[name] as OperandCase).data.slice() as Int32Array
    change(changed)
    expect(() => played.again({ [name]: changed })).toThrow(
      expect.objectContaining({ code: 'ERR_SHAPE', message: expect.stringContaining(message) }),
    )
    expect(Object.values(played.arrays)).toEqual(before)
  }

  /** A case with other numbers of rows, or other operands. */
  function refusedCase(op: string, opCase: OpCase, message: string) {
    expect(() => playCase(player, opTable.get(op)!, opCase)).toThrow(
      expect.objectContaining({ code: 'ERR_SHAPE', message: expect.stringContaining(message) }),
    )
  }

  it.each([
    ['attention', 'keys', -1],
    ['cachedAttention', 'spans', -1],
    ['listedCandidates', 'lists', -16],
  ])('of %s %s that begin before the first row', (op, name, begin) => {
    const change = (spans: Int32Array) => {
      spans[0] = begin
    }
    refused(
      op,
      caseOf(op, (data) => data(name).length > 0),
      name,
      change,
      `${name} [${begin}, `,
    )
  })

  it.each([
    ['attention', 'P(queries, keys)'],
    ['cachedAttention', 'P(spans)'],
  ])('weights of %s that have not a row for each pair', (op, symbol) => {
    const opCase = { ...caseOf(op, (data) => data('q').length > 0), attributes: { heads: 1, scale: 1, traced: true } }
    const attributes =
      op === 'attention' ? { causal: false, every: 1, dropout: 0, site: 0, ...opCase.attributes } : opCase.attributes
    const inputs = { ...opCase.inputs, relativeKeys: null, relativeValues: null }
    for (const more of [1, -1]) {
      const symbols = { ...opCase.symbols, [symbol]: opCase.symbols[symbol] + more }
      refusedCase(
        op,
        { symbols, inputs, attributes },
        `P is ${symbols[symbol]}, there are ${opCase.symbols[symbol]} pairs`,
      )
    }
  })

  it('overlapping keys of two sentences, into whose gradients both would write', () => {
    const opCase = caseOf('attentionGradient', (data) => data('keys').length > 2 && data('keys')[1] > data('keys')[0])
    refused('attentionGradient', opCase, 'keys', (keys) => keys[2]--, 'overlap those before')
  })

  const listed = () =>
    caseOf('listedCandidates', (data) => data('lists')[1] > 17 && data('lists')[1] % 16 > 0 && data('lists')[0] === 0)

  it('a list that does not begin at a panel', () => {
    refused('listedCandidates', listed(), 'lists', (lists) => lists[0]++, 'not at a multiple of 16')
  })

  it('a list whose last panel is incomplete', () => {
    const { symbols, inputs, attributes } = listed()
    const { lists, listed: weight, listedIds: ids } = inputs as Record<string, OperandCase>
    const L = lists.data[1]
    const first = (operand: OperandCase) => ({ ...operand, data: operand.data.slice(0, L * operand.width) })
    const one = { ...lists, data: lists.data.map((place, i) => (i < 2 ? place : 0)) }
    const cut = { ...inputs, lists: one, listed: first(weight), listedIds: first(ids) }
    refusedCase('listedCandidates', { symbols: { ...symbols, L }, inputs: cut, attributes }, 'the last panel of a list')
  })

  it('candidates of lists that differ in number between rows', () => {
    const { symbols, inputs, attributes } = caseOf('listedCandidates', (data) => data('queries').at(-1)! > 1)
    const C = symbols.C + 1
    refusedCase(
      'listedCandidates',
      { symbols: { ...symbols, C }, inputs, attributes },
      `C is ${C}: not as many for each`,
    )
  })

  it('listed ids that do not ascend', () => {
    const change = (ids: Int32Array) => {
      ids[1] = ids[0]
    }
    refused('listedCandidates', listed(), 'listedIds', change, 'ids must ascend within a list')
  })
})

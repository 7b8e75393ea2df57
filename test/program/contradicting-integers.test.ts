import { afterAll, describe, expect, it } from 'vitest'
import { opTable } from '#dist/program/op-table.js'
import { backends } from '../backends.ts'
import { opCases } from './op-cases.ts'
import { playCase } from './play-case.ts'
import { type OpCase, type OperandCase, Random } from './random-operands.ts'

/** A random case that has what is to be damaged. */
function caseOf(op: string, suits: (operand: (name: string) => ArrayLike<number>) => boolean): OpCase {
  for (let seed = 0; ; seed++) {
    const opCase = opCases[op](new Random(seed))
    if (suits((name) => opCase.inputs[name]?.data ?? [])) return opCase
  }
}

/** Integers that are in range one by one, and lie to a kernel about where it may read or write, or what is in order. */
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

  it('keys of two sentences that overlap, into whose gradients both would write', () => {
    const opCase = caseOf('attentionGradient', (data) => data('keys').length > 2 && data('keys')[1] > data('keys')[0])
    refused('attentionGradient', opCase, 'keys', (keys) => keys[2]--, 'overlap those before')
  })

  const listed = () => caseOf('listedCandidates', (data) => data('lists')[1] > 17 && data('lists')[0] === 0)

  it('a list that does not begin at a panel', () => {
    refused('listedCandidates', listed(), 'lists', (lists) => lists[0]++, 'not at a multiple of 16')
  })

  it('listed ids that do not ascend', () => {
    const change = (ids: Int32Array) => {
      ids[1] = ids[0]
    }
    refused('listedCandidates', listed(), 'listedIds', change, 'ids must ascend within a list')
  })
})

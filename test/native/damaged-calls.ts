import type { ProgramSpec, TensorArray } from '#dist/engine/backend/interface/backend.js'
import type { TinyCall } from './tiny-program.ts'

/** A damaged call: its description, the change, and the error message. */
export type Damage = [what: string, damage: (call: TinyCall) => void, message: RegExp]

export const bind = (spec: ProgramSpec, call: TinyCall, name: string, array: unknown) => {
  call.arrays[spec.bindings.findIndex((binding) => binding.name === name)] = array as TensorArray
}
export const rowsOf = (spec: ProgramSpec, call: TinyCall, symbol: string, value: number) => {
  call.rows[spec.symbols.indexOf(symbol)] = value
}

/** Calls of the tiny program, 3 sentences of 5 tokens, that both backends refuse. */
export const damagedCalls = (spec: ProgramSpec): Damage[] => [
  ['too few rows', (c) => (c.rows = c.rows.subarray(1)), /rows are given for 3 symbols, it has /],
  ['negative rows', (c) => rowsOf(spec, c, 'S', -1), /S cannot be -1/],
  ['half a row', (c) => rowsOf(spec, c, 'S', 1.5), /S cannot be 1.5/],
  ['too few arrays', (c) => c.arrays.pop(), /7 arrays are given, 8 are bound/],
  ['an array of another type', (c) => bind(spec, c, 'tokens', new Float32Array(15)), /tokens must be an Int32Array/],
  ['no array at all', (c) => bind(spec, c, 'normed', null), /normed must be a Float32Array/],
  ['a short array', (c) => bind(spec, c, 'scores', new Float32Array(44)), /scores has 44 values, 45 are needed/],
  ['a token past the vocabulary', (c) => (c.array('tokens')[4] = 50), /embed\)?: token 50 at row 4/],
  ['a token below −1', (c) => (c.array('tokens')[4] = -2), /token -2 at row 4 is outside \[-1, 50\)/],
  ['a position past the table', (c) => (c.array('at')[0] = 700), /position 700 at row 0 is outside \[0, 700\)/],
  ['a span that ends before it begins', (c) => (c.array('sentences')[1] = -3), /queries \[0, -3\) at row 0/],
  ['a span past the rows', (c) => (c.array('sentences')[5] = 16), /queries \[10, 16\) at row 2 is no span of 15 rows/],
  ['queries with a gap', (c) => (c.array('sentences')[2] = 6), /queries at row 1 begin at 6, not at 5/],
  ['queries that leave a row out', (c) => (c.array('sentences')[5] = 14), /queries cover 14 of 15 rows/],
  ['candidates for a part of the rows', (c) => rowsOf(spec, c, 'C', 44), /C is 44: not 1 to 50 for each of 15 rows/],
  ['no candidate', (c) => rowsOf(spec, c, 'C', 0), /C is 0: not 1 to 50/],
  ['an edit of a row that is not there', (c) => (c.array('edits')[3] = 15), /row 15 at row 1 is outside \[0, 15\)/],
  ['an edit of an id that is not there', (c) => (c.array('edits')[4] = -1), /id -1 at row 1 is outside \[0, 50\)/],
  ['an edit of no kind', (c) => (c.array('edits')[5] = 4), /kind 4 at row 1 is outside \[0, 4\)/],
  ['edits that do not ascend', (c) => (c.array('edits')[0] = 2), /edits must ascend by row, edit 1 does not/],
]

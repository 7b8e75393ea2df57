import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { OpRow } from '#dist/engine/program/instruction.js'
import { opTable } from '#dist/engine/program/op-table.js'
import { nativeOperands } from '../../scripts/native-operands.mjs'
import { root } from './repository.ts'

const folder = join(root, 'native/generated')
const rows = [...opTable.values()]
const row = opTable.get('layerNorm')!
const withRow = (changes: Partial<OpRow>) => rows.map((each) => (each === row ? { ...row, ...changes } : each))

test('native/generated/ is what the op table says now: npm run generate', () => {
  const generated = nativeOperands(rows)
  expect(readdirSync(folder).sort()).toEqual(Object.keys(generated).sort())
  for (const [name, text] of Object.entries(generated))
    expect(readFileSync(join(folder, name), 'utf8'), name).toBe(text)
})

test('a row whose operands change places, or their flags, gives other files', () => {
  const before = nativeOperands(rows)
  for (const changes of [{ inputs: ['x', 'beta', 'gamma'] }, { narrow: ['x'] }, { attributes: { epsilon: 'integer' } }])
    expect(nativeOperands(withRow(changes as Partial<OpRow>))).not.toEqual(before)
})

test('a row is refused whose names are not different, or whose flags name no operand', () => {
  expect(() => nativeOperands(withRow({ outputs: ['gamma'] }))).toThrow(
    'layerNorm: two operands or attributes are called gamma',
  )
  expect(() => nativeOperands(withRow({ writes: ['delta'] }))).toThrow(
    'layerNorm: writes has delta, which is no operand',
  )
})

test('C++ addresses no operand or attribute by its number', () => {
  const files = (readdirSync(join(root, 'native'), { recursive: true }) as string[]).filter((path) =>
    /\.(cc|h)$/.test(path),
  )
  for (const path of files)
    expect(readFileSync(join(root, 'native', path), 'utf8'), path).not.toMatch(/(inputs|outputs|attributes)\[[0-9]/)
})

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { OpRow } from '#dist/engine/program/instructions/instruction.js'
import { opTable } from '#dist/engine/program/op-table.js'
import { fileName, kebab, snake } from '../../scripts/generate/names.ts'
import { checkedRows, readRows } from '../../scripts/generate/rows.ts'
import { generatedFiles, staleFiles } from '../../scripts/generate.ts'
import { root } from './repository.ts'

const rows = checkedRows([...opTable.values()])
const row = opTable.get('layerNorm')!
const withRow = (changes: Partial<OpRow>) => rows.map((each) => (each === row ? { ...row, ...changes } : each))

test('generated files match the rows and the disk: npm run generate', async () => {
  expect(await staleFiles()).toEqual([])
})

test('rows are read without compiling everything, and are those of the compiled table', async () => {
  const read = await readRows(root)
  expect(read.map(({ name }) => name)).toEqual(rows.map(({ name }) => name))
  expect(generatedFiles(read)).toEqual(generatedFiles(rows))
})

test('a row whose operands change places, or their flags, gives other files', () => {
  const before = generatedFiles(rows)
  for (const changes of [{ inputs: ['x', 'beta', 'gamma'] }, { narrow: ['x'] }, { attributes: { epsilon: 'integer' } }])
    expect(generatedFiles(withRow(changes as Partial<OpRow>))).not.toEqual(before)
})

test('a row with equal names, or with a flag that names no operand, is refused', () => {
  expect(() => checkedRows(withRow({ outputs: ['gamma'] }))).toThrow(
    'layerNorm: two operands or attributes are called gamma',
  )
  for (const flag of ['integers', 'writes', 'encoded', 'narrow', 'weights', 'constants'])
    expect(() => checkedRows(withRow({ [flag]: ['delta'] }))).toThrow(
      `layerNorm: ${flag} has delta, which is no operand`,
    )
})

describe('every op has a file of its name, which its gradients share', () => {
  const filesIn = (folder: string, extension: string) =>
    readdirSync(join(root, folder))
      .filter((file) => file.endsWith(extension))
      .sort()
  const names = (spelling: (name: string) => string, extension: string) =>
    [...new Set(rows.map(({ name }) => `${spelling(fileName(name, rows))}${extension}`))].sort()

  test.each(['src/engine/program/ops', 'src/engine/backend/js/ops', 'test/ops'])(
    'in %s, and no other file is there',
    (folder) => {
      expect(filesIn(folder, '')).toEqual(names(kebab, '.ts'))
    },
  )

  test('in native/ops, beside headers of what some ops have in common', () => {
    expect(filesIn('native/ops', '.cc')).toEqual(names(snake, '.cc'))
  })

  test('in native/kernels/ops, and no other file is there', () => {
    expect(filesIn('native/kernels/ops', '')).toEqual(names(snake, '.cc'))
  })
})

test('C++ addresses no operand or attribute by its number', () => {
  const files = (readdirSync(join(root, 'native'), { recursive: true }) as string[]).filter((path) =>
    /\.(cc|h)$/.test(path),
  )
  for (const path of files)
    expect(readFileSync(join(root, 'native', path), 'utf8'), path).not.toMatch(/(inputs|outputs|attributes)\[[0-9]/)
})

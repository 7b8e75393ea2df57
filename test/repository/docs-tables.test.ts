import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { pages, wayToDocs, withTables } from '../../scripts/docs-tables.ts'

test('tables of settings in docs/ are those of the schemas that the code reads settings by', () => {
  const withTable = pages().filter((page) => readFileSync(page, 'utf8').includes('<!-- table: '))
  expect(withTable.length).toBeGreaterThan(0)
  for (const page of withTable) {
    const text = readFileSync(page, 'utf8')
    expect(text, `${page.pathname}: npm run docs`).toBe(withTables(text, wayToDocs(page)))
  }
})

test('a table that names no schema is an error', () => {
  expect(() => withTables('<!-- table: noSettings -->\n<!-- end -->')).toThrow(/noSettings, which there is not/)
})

test('the table of the models of a server has their settings, and none of a training', () => {
  const serving = readFileSync(pages().find((page) => page.pathname.endsWith('/serving.md'))!, 'utf8')
  const [, models] = /^## Models\n([\s\S]*?)^## /m.exec(serving)!
  expect(models).toMatch(/^\| `folder` \|/m)
  expect(models).toMatch(/^\| `workers` \|/m)
  expect(models).not.toMatch(/^\| `dModel` \|/m)
})

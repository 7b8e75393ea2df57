import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { referencePages } from '../../scripts/reference.ts'
import { readText, root } from './repository.ts'

test('docs/api/ is the reference of the interface as it is: npm run docs writes it', async () => {
  const pages = await referencePages()
  expect([...pages.keys(), 'settings.md'].sort()).toEqual(readdirSync(join(root, 'docs/api')).sort())
  for (const [name, text] of pages) expect(readText(`docs/api/${name}`), `${name}: npm run docs`).toBe(text)
})

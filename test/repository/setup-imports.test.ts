import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './repository.ts'

/** A script and all that it imports at its start, with what it names that is no file. */
function importsOf(path: string, found = new Map<string, string[]>()): Map<string, string[]> {
  if (found.has(path)) return found
  const names = [...readFileSync(path, 'utf8').matchAll(/^(?:import|export)\b[^'"();]*['"]([^'"]+)['"]/gm)].map(
    ([, name]) => name,
  )
  found.set(
    path,
    names.filter((name) => !name.startsWith('.')),
  )
  for (const name of names) if (name.startsWith('.')) importsOf(join(dirname(path), name), found)
  return found
}

test('setup runs before any package is installed: nothing that it imports at its start is one', () => {
  const imports = importsOf(join(root, 'scripts/setup.mjs'))
  expect([...imports.keys()]).toContain(join(root, 'scripts/typescript.mjs'))
  expect([...imports.values()].flat().filter((name) => !name.startsWith('node:'))).toEqual([])
})

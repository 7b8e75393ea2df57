import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { root } from './repository.ts'

type Imports = ReadonlyMap<string, readonly string[]>

/** Imports of each file of a folder from that folder by relative paths, types included. */
function importsIn(folder: string): Imports {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /^(?!.*node_modules).*\.tsx?$/.test(file),
  )
  const imported = (file: string) =>
    Array.from(readFileSync(join(folder, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g), ([, path]) =>
      normalize(join(dirname(file), path)),
    )
  return new Map(files.map((file) => [file, imported(file)]))
}

/** Circles as their files in the order of importing, the first one at both ends: depth first, what is under way on the path. */
function circlesOf(imports: Imports): string[] {
  const circles: string[] = []
  const done = new Set<string>()
  const path: string[] = []
  const visit = (file: string) => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '))
    if (done.has(file) || path.includes(file)) return
    path.push(file)
    for (const other of imports.get(file) ?? []) visit(other)
    path.pop()
    done.add(file)
  }
  for (const file of imports.keys()) visit(file)
  return circles
}

test('circles are found, whatever file closes them', () => {
  const imports = new Map([
    ['a', ['b']],
    ['b', ['c', 'd']],
    ['c', ['b']],
    ['d', ['d']],
  ])
  expect(circlesOf(imports)).toEqual(['b → c → b', 'd → d'])
})

test.each(['src', 'bench'])('no file of %s/ imports itself through other files, types included', (folder) => {
  const imports = importsIn(join(root, folder))
  const isWithin = (path: string) => !path.startsWith('..')
  expect([...imports.values()].flat().filter((path) => isWithin(path) && !imports.has(path))).toEqual([])
  expect(circlesOf(imports)).toEqual([])
})

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, sep } from 'node:path'
import { expect, test } from 'vitest'
import { readText, root } from './repository.ts'

/** Folders of src/ by the floor that docs/architecture.md puts them on; 0 is the highest. */
function floors(): Map<string, number> {
  const lines = readText('docs/architecture.md').match(/^ {4}(\w+\/ {2,})+\w.*$/gm)!
  return new Map(
    lines.flatMap((line, floor) => Array.from(line.matchAll(/(\w+)\/(?= {2})/g), ([, name]) => [name, floor])),
  )
}

const roomOf = (path: string) => (path.includes(sep) ? path.split(sep)[0] : null)

test('a folder of src/ imports only from floors below its own, and what all may import from nothing but its like', () => {
  const floorOf = floors()
  const src = join(root, 'src')
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file))
  expect(new Set(files.map(roomOf).filter((room) => room !== null))).toEqual(new Set(floorOf.keys()))
  // Files beside the folders are below them all; but for index.ts, which exports what is above.
  const floor = (path: string) => floorOf.get(roomOf(path) ?? '') ?? Number.POSITIVE_INFINITY
  const upwards = files.flatMap((file) => {
    const imported = Array.from(
      readFileSync(join(src, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g),
      ([, path]) => normalize(join(dirname(file), path)),
    )
    return imported
      .filter((path) => file !== 'index.ts' && roomOf(path) !== roomOf(file) && !(floor(path) > floor(file)))
      .map((path) => `${file} imports ${path}`)
  })
  expect(upwards).toEqual([])
})

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, sep } from 'node:path'
import { expect, test } from 'vitest'
import { readText, root } from './repository.ts'

/** Folders of src/ by the floor that CONTRIBUTING.md puts them on; 0 is the highest. */
function floors(): Map<string, number> {
  const lines = readText('CONTRIBUTING.md').match(/^ {4}(\w+\/ {2,})+\w.*$/gm)!
  return new Map(
    lines.flatMap((line, floor) => Array.from(line.matchAll(/(\w+)\/(?= {2})/g), ([, name]) => [name, floor])),
  )
}

const roomOf = (path: string) => (path.includes(sep) ? path.split(sep)[0] : null)

test('a folder of src/ imports only from floors below its own', () => {
  const floorOf = floors()
  const src = join(root, 'src')
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  expect(new Set(files.map(roomOf).filter((room) => room !== null))).toEqual(new Set(floorOf.keys()))
  const upwards = files.flatMap((file) => {
    const imported = Array.from(
      readFileSync(join(src, file), 'utf8').matchAll(/(?:from|import\()\s*'(\.[^']+)'/g),
      ([, path]) => normalize(join(dirname(file), path)),
    )
    const room = roomOf(file)
    return imported
      .filter((path) => room && roomOf(path) && roomOf(path) !== room)
      .filter((path) => !(floorOf.get(roomOf(path)!)! > floorOf.get(room!)!))
      .map((path) => `${file} imports ${path}`)
  })
  expect(upwards).toEqual([])
})

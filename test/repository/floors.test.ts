import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, sep } from 'node:path'
import { expect, test } from 'vitest'
import { readText, root } from './repository.ts'

/** Rooms of src/, such as engine/decode, by the floor that docs/architecture.md puts them on; 0 is the highest. */
function floors(): Map<string, number> {
  const lines = readText('docs/architecture.md').match(/^ {4}(\w+\/(\w+\/)? {2,})+\w.*$/gm)!
  const inSrc = lines.filter((line) => !line.startsWith('    native/'))
  return new Map(
    inSrc.flatMap((line, floor) => Array.from(line.matchAll(/([\w/]+)\/(?= {2})/g), ([, name]) => [name!, floor])),
  )
}

/** The room of a file: wing/room, cli, or null for index.ts and for files of base/. */
function roomOf(path: string): string | null {
  const [wing, room, ...rest] = path.split(sep)
  if (wing === 'cli') return wing
  return rest.length > 0 ? `${wing}/${room}` : null
}

const src = join(root, 'src')
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file))

test('src/ has wings, rooms within them, and index.ts; only base/ and cli/ have files of their own', () => {
  const loose = files.filter((file) => roomOf(file) === null && file !== 'index.ts')
  expect(loose.filter((file) => !file.startsWith(`base${sep}`))).toEqual([])
})

test('a room of src/ imports only from floors below its own, and a file of base/ only from its like', () => {
  const floorOf = floors()
  expect(new Set(files.map(roomOf).filter((room) => room !== null))).toEqual(new Set(floorOf.keys()))
  // Files of base/ are below all rooms; index.ts exports what is above.
  const floor = (path: string) => floorOf.get(roomOf(path) ?? '') ?? Number.POSITIVE_INFINITY
  const upwards = files.flatMap((file) => {
    const imported = Array.from(
      readFileSync(join(src, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g),
      ([, path]) => normalize(join(dirname(file), path!)),
    )
    return imported
      .filter((path) => file !== 'index.ts' && roomOf(path) !== roomOf(file) && !(floor(path) > floor(file)))
      .map((path) => `${file} imports ${path}`)
  })
  expect(upwards).toEqual([])
})

test('a folder within a room that has an index.ts is imported from other rooms by its faces alone', () => {
  const folders = files.filter((file) => file.split(sep).length === 4 && file.endsWith('index.ts')).map(dirname)
  expect(folders).toContain(join('engine', 'decode', 'search'))
  const past = files.flatMap((file) => {
    const imported = Array.from(
      readFileSync(join(src, file), 'utf8').matchAll(/^(?:import|export|\}) .*from '(\.[^']+)'/gm),
      ([, path]) => normalize(join(dirname(file), path!)),
    )
    return imported
      .filter((path) => roomOf(path) !== roomOf(file) && folders.some((folder) => path.startsWith(`${folder}${sep}`)))
      .filter((path) => !path.endsWith(`${sep}index.ts`))
      .map((path) => `${file} imports ${path}`)
  })
  expect(past).toEqual([])
})

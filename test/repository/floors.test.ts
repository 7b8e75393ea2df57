import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, sep } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { readText, root } from './repository.ts'

/** An import of a file by another, both as paths within a folder. */
interface Import {
  from: string
  to: string
  /** Whether it is an import(), on first use. */
  isLazy?: boolean
}

/** The imports between files of a folder, types included. */
function importsIn(folder: string): Import[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => /\.tsx?$/.test(file))
  return files.flatMap((from) =>
    Array.from(
      readFileSync(join(folder, from), 'utf8').matchAll(/(?:from|import)\s*(\()?\s*'(\.[^']+)'/g),
      ([, lazy, path]) => ({
        from,
        isLazy: lazy !== undefined,
        to: normalize(join(dirname(from), path!)),
      }),
    ),
  )
}

/**
 * The pairs of parts of one folder that import each other: a part is a folder in it, with all that is below, or its own
 * files together, which are called `.`.
 */
function mutualPairs(imports: readonly Import[]): string[] {
  const seen = new Map<string, string>()
  for (const { from, to } of imports) {
    const [a, b] = [from.split(sep), to.split(sep)]
    let depth = 0
    while (depth < a.length - 1 && depth < b.length - 1 && a[depth] === b[depth]) depth++
    const part = (path: readonly string[]) => (depth < path.length - 1 ? path[depth]! : '.')
    if (part(a) !== part(b))
      seen.set(`${a.slice(0, depth).join('/')}/: ${part(a)} > ${part(b)}`, `${from} imports ${to}`)
  }
  return [...seen].flatMap(([key, example]) => {
    const [, folder, a, b] = /^(.*): (\S+) > (\S+)$/.exec(key)!
    const back = a! < b! && seen.get(`${folder}: ${b} > ${a}`)
    return back ? [`${folder} ${a} and ${b}: ${example}, and ${back}`] : []
  })
}

const src = join(root, 'src')
const imports = importsIn(src)

describe('pairs of folders', () => {
  it('are found at any depth, between siblings and between a folder and one in it', () => {
    const of = (...list: string[]) =>
      mutualPairs(list.map((each) => each.split(' ').map(normalize)).map(([from, to]) => ({ from: from!, to: to! })))
    expect(of('a/x.ts b/y.ts', 'b/z/y.ts a/w/x.ts')).toHaveLength(1)
    expect(of('a/x.ts a/b/y.ts', 'a/b/y.ts a/z.ts')).toHaveLength(1)
    expect(of('a/b/x.ts a/c/y.ts', 'a/c/d/y.ts a/b/e/x.ts')).toHaveLength(1)
    expect(of('a/b/x.ts a/c/y.ts', 'a/d/y.ts a/b/x.ts', 'a/c/y.ts a/d/z.ts')).toEqual([])
  })

  it('of src/ import in one direction only', () => {
    expect(mutualPairs(imports)).toEqual([])
  })
})

/** Wings of src/ by the floor that docs/architecture.md puts them on; 0 is the highest. */
function floors(): Map<string, number> {
  const [list] = /(^ {4}\w+\/ {2,}.*\n)+/m.exec(readText('docs/architecture.md').split('## Floors')[1]!)!
  return new Map(
    list
      .trimEnd()
      .split('\n')
      .map((line, floor) => [/^ {4}(\w+)\//.exec(line)![1]!, floor]),
  )
}

test('a wing of src/ imports only from wings below its own, as docs/architecture.md lists them', () => {
  const floorOf = floors()
  const wings = readdirSync(src, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []))
  expect(new Set(wings)).toEqual(new Set(floorOf.keys()))
  const wing = (path: string) => path.split(sep)[0]!
  const upwards = imports
    .filter(({ from, to }) => from !== 'index.ts' && wing(from) !== wing(to))
    .filter(({ from, to }) => !(floorOf.get(wing(to))! > floorOf.get(wing(from))!))
  expect(upwards).toEqual([])
})

test('src/ itself has one file, and docs/architecture.md names every room', () => {
  const entries = readdirSync(src, { withFileTypes: true })
  expect(entries.filter((entry) => entry.isFile()).map(({ name }) => name)).toEqual(['index.ts'])
  const text = readText('docs/architecture.md')
  const rooms = entries
    .filter((entry) => entry.isDirectory() && entry.name !== 'cli')
    .flatMap(({ name }) =>
      readdirSync(join(src, name), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => `${name}/${entry.name}/`),
    )
  expect(rooms.filter((room) => !text.includes(room))).toEqual([])
})

test('a folder with an index.ts at the third depth is imported from other rooms by its faces alone', () => {
  const faces = new Set(
    imports.map(({ from }) => from).filter((file) => file.split(sep).length === 4 && file.endsWith('index.ts')),
  )
  const folders = [...faces].map(dirname)
  expect(folders).toContain(join('engine', 'decode', 'search'))
  const room = (path: string) => path.split(sep).slice(0, 2).join(sep)
  const past = imports
    .filter(({ from, to }) => room(from) !== room(to) && folders.some((folder) => to.startsWith(`${folder}${sep}`)))
    .filter(({ to, isLazy }) => !isLazy && !to.endsWith(`${sep}index.ts`))
  expect(past).toEqual([])
})

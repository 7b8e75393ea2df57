/**
 * Writes the lists generated from the rows of src/engine/program/ops (the op table, the JavaScript kernels and their
 * operands, native/generated/ for C++) and the lists of native/sources.json, generated from the files on disk. They are
 * kept in the repository, so that a clone builds without this step. `npm run setup` and a test compare them with the
 * rows and the disk.
 *
 *   npm run generate   # after an op or a C++ file has been added, or a row has been changed
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { OpRow } from '#dist/engine/program/instructions/instruction.js'
import { blockFiles } from './generate/blocks.ts'
import { cppFiles } from './generate/cpp.ts'
import { fileName, kebab, snake } from './generate/names.ts'
import { readRows } from './generate/rows.ts'
import { sourcesFile } from './generate/sources.ts'
import { kernelsFile, operandsFile, opTableFile } from './generate/typescript.ts'
import { unitFiles } from './generate/units.ts'

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const textOf = (path: string) => (existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : '')
const kernelPath = (file: string) => `src/engine/backend/js/ops/${kebab(file)}.ts`
const nativeKernelPath = (file: string) => `native/kernels/ops/${snake(file)}.cc`

/** The files of an op beside its row, each with the text that defines the op there. A gradient shares the files of its op. */
function definitionsOf(name: string, rows: readonly OpRow[]): { path: string; text: string }[] {
  const file = fileName(name, rows)
  return [
    { path: kernelPath(file), text: `export const ${name}:` },
    { path: `native/ops/${snake(file)}.cc`, text: `const Op ${snake(name)}_op` },
    { path: nativeKernelPath(file), text: `void ${snake(name)}(` },
    { path: `test/ops/${kebab(file)}.ts`, text: `export const ${name}:` },
  ]
}

/** The text of every generated file, by its path in the package, for these rows. native/sources.json comes last: it lists the others. */
export function generatedFiles(rows: readonly OpRow[]): Map<string, string> {
  const cpp = Object.entries(cppFiles(rows)).map(([name, text]) => [`native/generated/${name}`, text] as const)
  return new Map([
    ['src/engine/program/op-table.ts', opTableFile(rows)],
    ['src/engine/backend/js/operands/operands.ts', operandsFile(rows)],
    ['src/engine/backend/js/kernels.ts', kernelsFile(rows, (name) => textOf(kernelPath(fileName(name, rows))))],
    ...blockFiles(),
    ...cpp,
    ...unitFiles(rows, (name) => textOf(nativeKernelPath(name))),
  ])
}

/** Paths of generated files that differ from the rows, and from the C++ files on disk. */
export async function staleFiles(): Promise<string[]> {
  const files = [...generatedFiles(await readRows(root)), ['native/sources.json', sourcesFile(root)] as const]
  return files.filter(([path, text]) => textOf(path) !== text).map(([path]) => path)
}

function write(path: string, text: string): void {
  if (textOf(path) === text) return // make compiles newer files
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
  console.log(path)
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const rows = await readRows(root)
  for (const [path, text] of generatedFiles(rows)) write(path, text)
  write('native/sources.json', sourcesFile(root))
  for (const { name } of rows)
    for (const { path, text } of definitionsOf(name, rows))
      if (!textOf(path).includes(text)) console.log(`${path} does not define ${name} yet`)
}

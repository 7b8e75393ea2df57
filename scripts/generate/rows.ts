/**
 * Loads the rows of src/engine/program/ops quickly: they are bundled alone, without type checking, and nothing else is
 * compiled.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type Plugin, rolldown } from 'rolldown'
import type { OpRow } from '#dist/engine/program/instructions/instruction.js'
import { fileName, kebab, optionalName } from './names.ts'

const ENTRY = 'rows of the op table'

/** Every row, sorted by name. `root` is the folder of the package. */
export async function readRows(root: string): Promise<OpRow[]> {
  const program = join(root, 'src/engine/program')
  const files = readdirSync(join(program, 'ops')).filter((file) => file.endsWith('.ts'))
  const entry: Plugin = {
    name: ENTRY,
    resolveId: (source) => (source === ENTRY ? ENTRY : undefined),
    load: (id) =>
      id === ENTRY
        ? [...files.map((file) => `ops/${file}`), 'instructions/op.ts']
            .map((file) => `export * from ${JSON.stringify(join(program, file))}`)
            .join('\n')
        : undefined,
  }
  const folder = mkdtempSync(join(tmpdir(), 'glassformer-rows-'))
  try {
    const file = join(folder, 'rows.mjs')
    const bundle = await rolldown({ input: ENTRY, plugins: [entry], platform: 'node', logLevel: 'silent' })
    await bundle.write({ file, format: 'esm' })
    await bundle.close()
    const { opTable } = await import(pathToFileURL(file).href)
    const rows = checkedRows([...opTable.values()])
    checkFiles(rows, files)
    return rows
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Throws unless each op, and each gradient with its op, has a file, and no other file is there. */
function checkFiles(rows: readonly OpRow[], files: readonly string[]): void {
  const expected = [...new Set(rows.map(({ name }) => `${kebab(fileName(name, rows))}.ts`))]
  const odd = [...expected.filter((file) => !files.includes(file)), ...files.filter((file) => !expected.includes(file))]
  if (odd.length)
    throw new Error(
      `a file of src/engine/program/ops defines the op after which it is named and its gradients: ${odd.join(', ')}`,
    )
}

/** The rows sorted by name. Throws where one is not well-formed. */
export function checkedRows(rows: readonly OpRow[]): OpRow[] {
  rows.forEach(checkNames)
  return [...rows].sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** Operands and attributes of a row have distinct names, and flags name operands. */
function checkNames({ name, inputs, outputs, attributes, ...flags }: OpRow): void {
  const operands = [...inputs, ...outputs].map(optionalName)
  const names = [...operands, ...Object.keys(attributes)]
  const twice = names.find((each, i) => names.indexOf(each) < i)
  if (twice) throw new Error(`${name}: two operands or attributes are called ${twice}`)
  for (const flag of ['integers', 'writes', 'encoded', 'narrow', 'weights', 'constants'] as const)
    for (const each of flags[flag] ?? ([] as string[]))
      if (!operands.includes(each)) throw new Error(`${name}: ${flag} has ${each}, which is no operand`)
}

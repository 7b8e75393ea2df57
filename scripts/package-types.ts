/**
 * Types of the package, dist/types/: only those that its entries need, out of the seven hundred files that the compiler
 * writes.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import ts from 'typescript'

/** Writes dist/types/ for entries of dist/, such as 'inspect/index', each for `import` and for `require`. */
export function packageTypes(dist: string, entries: readonly string[]): void {
  const pathOf = (entry: string) => join(dist, `${entry}.d.ts`)
  // Names that TypeScript resolves as types or values without the types of JavaScript and Node.js.
  const program = ts.createProgram(entries.map(pathOf), { module: ts.ModuleKind.NodeNext, noLib: true, types: [] })
  const folder = join(dist, 'types')
  rmSync(folder, { recursive: true, force: true })
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  for (const { fileName, text } of program.getSourceFiles()) {
    const path = relative(dist, fileName)
    if (!path.startsWith('..')) write(path, text)
  }
  for (const entry of entries) write(`${entry}.d.cts`, requireTypes(program, pathOf(entry)))
}

/** The declaration of a value; `default` is a word that no constant may have as its name. */
const declarationOf = (name: string): string =>
  name === 'default'
    ? 'declare const byDefault: typeof Module.default\nexport { byDefault as default }'
    : `export declare const ${name}: typeof Module.${name}`

/** The parameters of a generic type, as they are declared and as they are given on: `<T extends string>` and `<T>`. */
function parametersOf({ declarations = [] }: ts.Symbol): [string, string] {
  const own = declarations.flatMap((each) =>
    ts.isInterfaceDeclaration(each) || ts.isTypeAliasDeclaration(each) || ts.isClassDeclaration(each)
      ? (each.typeParameters ?? [])
      : [],
  )
  if (!own.length) return ['', '']
  return [`<${own.map((each) => each.getText()).join(', ')}>`, `<${own.map(({ name }) => name.text).join(', ')}>`]
}

/**
 * Types for CommonJS. `require` loads the same modules as `import`, which Node allows since 20.19, but TypeScript only
 * since 5.8: before, a CommonJS file may not import types of ES modules (TS1479). So this file declares each of them
 * again.
 */
function requireTypes(program: ts.Program, types: string): string {
  const checker = program.getTypeChecker()
  const index = checker.getSymbolAtLocation(program.getSourceFile(types)!)!
  const lines = checker.getExportsOfModule(index).flatMap((symbol) => {
    const { name } = symbol
    const origin = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
    const isType = symbol.declarations?.some(ts.isTypeOnlyExportDeclaration)
    const [declared, given] = parametersOf(origin)
    return [
      ...(origin.flags & ts.SymbolFlags.Type ? [`export type ${name}${declared} = Module.${name}${given}`] : []),
      ...(origin.flags & ts.SymbolFlags.Value && !isType ? [declarationOf(name)] : []),
    ]
  })
  return `import type * as Module from './index.js' with { 'resolution-mode': 'import' }\n${lines.join('\n')}\n`
}

/**
 * Types of the package for CommonJS. `require` gets the same modules as `import`, which Node allows since 20.19, but TypeScript only since
 * 5.8: before, a file that is CommonJS may not import types of ES modules (TS1479). So this file names each of them anew.
 */
import ts from 'typescript'

/** `types`: the path of the package's index.d.ts, which lies beside what is made. */
export function requireTypes(types) {
  // What is a type and what a value can be told without the types of JavaScript and Node.js.
  const program = ts.createProgram([types], { module: ts.ModuleKind.NodeNext, noLib: true, types: [] })
  const checker = program.getTypeChecker()
  const index = checker.getSymbolAtLocation(program.getSourceFile(types))
  const lines = checker.getExportsOfModule(index).flatMap((symbol) => {
    const { name } = symbol
    const origin = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
    const isType = symbol.declarations.some(ts.isTypeOnlyExportDeclaration)
    return [
      ...(origin.flags & ts.SymbolFlags.Type ? [`export type ${name} = Module.${name}`] : []),
      ...(origin.flags & ts.SymbolFlags.Value && !isType
        ? [`export declare const ${name}: typeof Module.${name}`]
        : []),
    ]
  })
  return `import type * as Module from './index.js' with { 'resolution-mode': 'import' }\n${lines.join('\n')}\n`
}

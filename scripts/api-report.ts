/**
 * Writes test/repository/api-report.md: every export of every entry with its types, a line for each member, so that a change of the
 * interface is a change of that file. `--check` compares and writes nothing. dist/ must be compiled.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { packageRoot as root } from './native-build.mjs'

const REPORT = join(root, 'test/repository/api-report.md')

/** Entries of the package and their types; `glassformer/web-worker` has none. */
function entries(): { name: string; types: string }[] {
  const { exports: list } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return Object.entries<{ default?: { types?: string } }>(list).flatMap(([name, { default: given } = {}]) =>
    given?.types ? [{ name: name.replace('.', 'glassformer'), types: join(root, given.types) }] : [],
  )
}

const { TypeFormatFlags: Format } = ts
const FORMAT = Format.NoTruncation | Format.UseAliasDefinedOutsideCurrentScope

/** The report, and nothing of this machine in it. */
export function apiReport(): string {
  const all = entries()
  const program = ts.createProgram(
    all.map(({ types }) => types),
    {
      target: ts.ScriptTarget.ES2023,
      module: ts.ModuleKind.NodeNext,
      moduleResolution: ts.ModuleResolutionKind.NodeNext,
      strict: true,
      skipLibCheck: true,
      types: ['node'],
      lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.esnext.disposable.d.ts'],
    },
  )
  const checker = program.getTypeChecker()
  const parts = all.map(({ name, types }) => {
    const source = program.getSourceFile(types)!
    const symbols = checker.getExportsOfModule(checker.getSymbolAtLocation(source)!)
    const lines = symbols
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((symbol) => linesOf(checker, symbol, source))
    return `## ${name}\n\n\`\`\`ts\n${lines.join('\n')}\n\`\`\`\n`
  })
  return `${HEAD}\n${parts.join('\n').replaceAll(/"[^"\n]*"(?: \| "[^"\n]*")+/g, inOrder)}`
}

/** A union of texts in the order of the alphabet: the compiler's order depends on what it has read before. */
const inOrder = (union: string) => union.split(' | ').sort().join(' | ')

const HEAD = `# What the package exports

Written by \`npm run api\` from the types; a test compares it with them. A line that goes or changes is a breaking change, or a deprecation that has come to its
end: [SECURITY.md](../../SECURITY.md#versions). The meaning of everything is in [api.md](../../docs/api.md).
`

function linesOf(checker: ts.TypeChecker, exported: ts.Symbol, source: ts.SourceFile): string[] {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported
  const textOf = (type: ts.Type) => checker.typeToString(type, source, FORMAT).replaceAll(/import\("[^"]*"\)\./g, '')
  const memberOf = (member: ts.Symbol) => {
    const isOptional = member.flags & ts.SymbolFlags.Optional ? '?' : ''
    const type = checker.getTypeOfSymbolAtLocation(member, source)
    return `${isReadonly(member) ? 'readonly ' : ''}${member.name}${isOptional}: ${textOf(type)}`
  }
  const membersOf = (type: ts.Type) =>
    checker
      .getPropertiesOfType(type)
      .filter((each) => !each.name.startsWith('__@') && !isHidden(each))
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((member) => `  ${memberOf(member)}`)
  const { name } = exported
  if (symbol.flags & ts.SymbolFlags.Class) {
    const statics = membersOf(checker.getTypeOfSymbolAtLocation(symbol, source)).filter(
      (line) => !line.startsWith('  prototype:'),
    )
    const instance = membersOf(checker.getDeclaredTypeOfSymbol(symbol))
    return [`class ${name} {`, ...statics.map((line) => `  static${line.slice(1)}`), ...instance, '}']
  }
  if (symbol.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Variable)) {
    const type = checker.getTypeOfSymbolAtLocation(symbol, source)
    const calls = type
      .getCallSignatures()
      .map((each) => `function ${name}${checker.signatureToString(each, source, FORMAT)}`)
    return calls.length ? calls : [`const ${name}: ${textOf(type)}`]
  }
  const type = checker.getDeclaredTypeOfSymbol(symbol)
  const isObject = type.flags & ts.TypeFlags.Object && !type.getCallSignatures().length
  if (isObject && membersOf(type).length) return [`interface ${name} {`, ...membersOf(type), '}']
  return [`type ${name} = ${checker.typeToString(type, source, FORMAT | Format.InTypeAlias)}`]
}

const flagsOf = (symbol: ts.Symbol) =>
  symbol.valueDeclaration ? ts.getCombinedModifierFlags(symbol.valueDeclaration) : 0
const isReadonly = (symbol: ts.Symbol) => flagsOf(symbol) & ts.ModifierFlags.Readonly
const isHidden = (symbol: ts.Symbol) =>
  flagsOf(symbol) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected) || symbol.name.startsWith('#')

if (import.meta.filename === process.argv[1]) {
  const report = apiReport()
  if (!process.argv.includes('--check')) writeFileSync(REPORT, report)
  else if (readFileSync(REPORT, 'utf8') !== report) {
    console.error('test/repository/api-report.md is behind the types: npm run api')
    process.exitCode = 1
  }
}

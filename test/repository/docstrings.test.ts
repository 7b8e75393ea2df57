import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { readJson, root } from './repository.ts'

/** The declarations of each entry of the package. */
const entries = Object.values<{ default?: { types?: string } }>(readJson('package.json').exports).flatMap((given) =>
  given.default?.types ? [join(root, given.default.types)] : [],
)
const program = ts.createProgram(entries, { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, types: [] })
const checker = program.getTypeChecker()

const exported = (entry: string): ts.Symbol[] =>
  checker
    .getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(entry)!)!)
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))

const wordsOf = (symbol: ts.Symbol) => ts.displayPartsToString(symbol.getDocumentationComment(checker))

test.each(entries.map((entry) => [entry.slice(root.length + 1), entry]))(
  '%s: each export has a docstring',
  (_, entry) => {
    const bare = exported(entry).filter((symbol) => wordsOf(symbol) === '')
    expect(bare.map(({ name }) => name)).toEqual([])
  },
)

/** Types of options that are derived from schemas. */
const derived = /^(Load|Generation|Scheduling|Tokenize|Pull|Bleu|Chrf)Options$/

test('an option of a schema shows its words, its range and its default', () => {
  const types = entries.flatMap(exported).filter(({ name }) => derived.test(name))
  expect(new Set(types.map(({ name }) => name)).size).toBe(7)
  for (const type of types)
    for (const option of checker.getDeclaredTypeOfSymbol(type).getProperties()) {
      const name = `${type.name}.${option.name}`
      const words = wordsOf(option)
      expect(words, name).not.toMatch(/[;,(] ?(how|more)\b\)?\.|\(\)/)
      const fromSchema = option.declarations?.some((each) => each.getSourceFile().fileName.includes('/dist/types/'))
      if (fromSchema && /It must be|Default:/.test(words))
        expect(words, name).toMatch(/^\S.{10,}(It must be |Default: )/s)
    }
})

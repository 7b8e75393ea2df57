import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { root } from './repository.ts'

const entries = ['index', 'learn/train/index', 'look/inspect/index', 'use/pipelines/index', 'use/web/index']
  .concat('service/queue/index', 'service/serve/index')
  .map((entry) => join(root, 'dist/types', `${entry}.d.ts`))
const program = ts.createProgram(entries, { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, types: [] })
const checker = program.getTypeChecker()

/** The comment of a property of an exported type, as editors show it; undefined where the type has no such property. */
function comment(entry: string, type: string, property: string): string | undefined {
  const symbol = exported(entry).find(({ name }) => name === type)
  const own = symbol && checker.getPropertyOfType(checker.getDeclaredTypeOfSymbol(symbol), property)
  return own && ts.displayPartsToString(own.getDocumentationComment(checker))
}

const exported = (entry: string): ts.Symbol[] =>
  checker
    .getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(entry)!)!)
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))

test('editors show the words, the range and the default of an option from its schema', () => {
  expect(comment(entries[0], 'TranslateOptions', 'beams')).toBe(
    "Hypotheses kept for each sentence; 1 is greedy search. It must be an integer from 1 to 1024. Default: what the model's folder says, else 1.",
  )
  expect(comment(entries[0], 'LoadOptions', 'queueTexts')).toMatch(
    /^The largest number of open texts .* Default: no limit\.$/,
  )
})

/** Exported types of options that are derived from schemas. */
const derived =
  /^((Load|Generation|Translate|Scheduling|Tokenize|Pull|Inspect|Trace|Figure|Train|Bleu|Chrf)Options|FolderToWrite)$/
const ofServices = /^((Queue|Enqueue|TranslateFile|Work|Serve|Server|Pretrained)Options)$/

test.each(entries.map((entry) => [entry.slice(root.length), entry]))('%s: each option has a comment', (_, entry) => {
  const types = exported(entry).filter(({ name }) => derived.test(name) || ofServices.test(name))
  expect(types.length).toBeGreaterThan(0)
  for (const type of types) {
    const properties = checker.getDeclaredTypeOfSymbol(type).getProperties()
    expect(properties.length, type.name).toBeGreaterThan(0)
    for (const { name } of properties) expect(comment(entry, type.name, name), `${type.name}.${name}`).toMatch(/\w/)
  }
})

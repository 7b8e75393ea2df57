import { join } from 'node:path'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'
import { generationDefaults } from '#dist/engine/decode/settings/options.js'
import { Translator, writeGlassformerFolder } from '#dist/index.js'
import { corpusBleu, corpusChrf, readTrainConfig, train } from '#dist/learn/train/index.js'
import { readText, root } from './repository.ts'

/** Names that are exported, and the members of each but for those that it has from another of them, which documents them. */
function exportedMembers(): Map<string, string[]> {
  const entries = ['index.d.ts', 'learn/train/index.d.ts'].map((path) => join(root, 'dist', path))
  const options = { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, strict: true, types: [] }
  const program = ts.createProgram(entries, options)
  const checker = program.getTypeChecker()
  const symbols = entries
    .flatMap((entry) => checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(entry)!)!))
    .map((symbol) => (symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol))

  function membersOf(symbol: ts.Symbol): string[] {
    if (!(symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.Class))) return []
    const statics = symbol.flags & ts.SymbolFlags.Class ? [...(symbol.exports?.values() ?? [])] : []
    const isItsOwn = ({ parent }: ts.Declaration) => {
      const owner = (parent as ts.InterfaceDeclaration).name
      const declared = owner && checker.getSymbolAtLocation(owner)
      const isOurs = parent.getSourceFile().fileName.includes('/dist/')
      return isOurs && (declared === symbol || !declared || !symbols.includes(declared))
    }
    const inherited = new Set(
      extendedTypes(symbol, checker)
        .filter((base) => symbols.includes(base))
        .flatMap((base) => checker.getDeclaredTypeOfSymbol(base).getProperties())
        .map(({ name }) => name),
    )
    return [...checker.getDeclaredTypeOfSymbol(symbol).getProperties(), ...statics]
      .filter(({ name }) => !inherited.has(name))
      .filter(({ name, declarations }) => /^[a-z]/i.test(name) && name !== 'prototype' && declarations?.every(isPublic))
      .filter(({ declarations }) => declarations!.some(isItsOwn))
      .map(({ name }) => name)
      .sort()
  }
  return new Map(symbols.map((symbol) => [symbol.name, membersOf(symbol)]))
}

/** The types that the declaration of an interface extends, `Base` of `extends Partial<Base>` included. */
function extendedTypes(symbol: ts.Symbol, checker: ts.TypeChecker): ts.Symbol[] {
  const named: ts.Symbol[] = []
  const visit = (node: ts.Node): void => {
    const own = ts.isIdentifier(node) && checker.getSymbolAtLocation(node)
    if (own) named.push(own.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(own) : own)
    ts.forEachChild(node, visit)
  }
  for (const declaration of symbol.declarations ?? [])
    if (ts.isInterfaceDeclaration(declaration)) declaration.heritageClauses?.forEach(visit)
  return named
}

const isPublic = (declaration: ts.Declaration) =>
  !(ts.getCombinedModifierFlags(declaration) & (ts.ModifierFlags.Private | ts.ModifierFlags.Protected))

/** Each `### ` section with a name as its heading: its text, and its rows as cells. */
function sections(): Map<string, { text: string; rows: string[][] }> {
  const parts = readText('docs/api.md').split(/^#{2,3} /m)
  return new Map(
    parts.flatMap((part) => {
      const name = /^`(\w+)`\n/.exec(part)?.[1]
      const rows = Array.from(part.matchAll(/^\| (`.*) \|$/gm), ([, line]) => line.split(/ *\| */))
      return name === undefined ? [] : [[name, { text: part, rows }] as const]
    }),
  )
}

const nameOf = ([first]: string[]) => /^`(\w+)/.exec(first)![1]
const documented = sections()
const exported = exportedMembers()

describe('docs/api.md', () => {
  test('has a section for each exported name, and for no other', () => {
    expect([...documented.keys()].sort()).toEqual([...exported.keys()].sort())
  })

  test.each([...exported])('%s: has a row for each member, and for no other', (name, members) => {
    expect(documented.get(name)!.rows.map(nameOf).sort()).toEqual(members)
  })

  test.each([...documented].filter(([name]) => /Options$|^FolderToWrite$/.test(name)))(
    '%s: gives each option a default, a range and a meaning',
    (_, { rows }) => {
      expect(rows.length).toBeGreaterThan(2)
      for (const cells of rows) expect(cells.map((cell) => cell !== '')).toEqual([true, true, true, true])
    },
  )

  test.each<[string, () => unknown]>([
    ['LoadOptions', () => Translator.load(undefined, { '?': 1 } as never)],
    ['TrainOptions', () => train(readTrainConfig({ data: { train: { path: 'a' } } }, ''), 'a', { '?': 1 } as never)],
    ['BleuOptions', () => corpusBleu(['a'], [['a']], { '?': 1 } as never)],
    ['ChrfOptions', () => corpusChrf(['a'], [['a']], { '?': 1 } as never)],
    ['FolderToWrite', () => writeGlassformerFolder('a', { '?': 1 } as never)],
  ])('%s: has the options that are taken', async (name, call) => {
    const rows = documented.get(name)!.rows.map(nameOf).join(', ')
    await expect((async () => call())()).rejects.toThrow(`unknown option '?': the options are ${rows}`)
  })

  test('has the defaults of the search', () => {
    const told = documented.get('GenerationOptions')!.rows.map((row) => [nameOf(row), row[2].replaceAll('`', '')])
    const inWords = (value: unknown) =>
      value === null ? expect.stringMatching(/^null: /) : typeof value === 'string' ? value : JSON.stringify(value)
    expect(told).toEqual(Object.entries(generationDefaults).map(([name, value]) => [name, inWords(value)]))
  })

  test('names the errors of each function', () => {
    for (const [name, { text }] of documented) if (/^`\w+`\n\n`\w+\(/.test(text)) expect(text, name).toMatch(/ERR_\w+/)
  })

  test('has links that lead somewhere', () => {
    const text = readText('docs/api.md')
    const anchors = Array.from(text.matchAll(/^#+ (.+)$/gm), ([, heading]) =>
      heading
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-'),
    )
    for (const [, anchor] of text.matchAll(/\]\(#([\w-]+)\)/g))
      expect(anchors.map((each, i) => (anchors.indexOf(each) < i ? `${each}-1` : each))).toContain(anchor)
    expect(readText('README.md')).toContain('](docs/api.md)')
  })
})

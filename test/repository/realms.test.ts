import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { hasExtras, NO_EXTRAS } from '../whole.ts'
import { installed, run, TIMEOUT } from './installing.ts'
import { root } from './repository.ts'

const folder = join(root, 'test/repository/realms')

test.each(['vmThreads', 'vmForks'])(
  "works in vitest's %s, whose files have built-in classes of their own",
  (pool) => {
    const vitest = join(root, 'node_modules/vitest/vitest.mjs')
    const args = [vitest, 'run', '--root', folder, '--config', 'vitest.config.mjs', '--pool', pool]
    const { status, stdout, stderr } = run(root, process.execPath, args)
    expect(status, stdout + stderr).toBe(0)
  },
  TIMEOUT,
)

test(
  'works in Jest, whose files have built-in classes of their own',
  (context) => {
    context.skip(!hasExtras, NO_EXTRAS)
    const { modules, skipped } = installed({ jest: '30.5.2' })
    context.skip(skipped !== undefined, skipped)
    const args = [join(modules, 'jest/bin/jest.js'), '--config', join(folder, 'jest.config.mjs'), '--runInBand']
    const { status, stderr } = run(root, process.execPath, args, { NODE_OPTIONS: '--experimental-vm-modules' })
    expect(status, stderr).toBe(0)
  },
  TIMEOUT,
)

test(
  'works in Jest as CommonJS, without a flag of Node.js',
  (context) => {
    context.skip(!hasExtras, NO_EXTRAS)
    const { modules, skipped } = installed({ jest: '30.5.2' })
    context.skip(skipped !== undefined, skipped)
    const args = [
      join(modules, 'jest/bin/jest.js'),
      '--config',
      join(folder, 'jest-required.config.mjs'),
      '--runInBand',
    ]
    const { status, stderr } = run(root, process.execPath, args)
    expect(status, stderr).toBe(0)
  },
  TIMEOUT,
)

/** Each `instanceof` of a file whose class does not come from a module of ours, or of a library, as 'file:line'. */
function builtInsAskedFor(path: string): string[] {
  const text = readFileSync(path, 'utf8')
  if (!text.includes(' instanceof ')) return []
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ESNext)
  const classes = source.statements.filter(ts.isClassDeclaration)
  const own = new Set(classes.map(({ name }) => name?.text))
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    const specifier = ts.isImportDeclaration(node) && (node.moduleSpecifier as ts.StringLiteral).text
    const names = ts.isImportDeclaration(node) && node.importClause?.namedBindings
    if (specifier && names && ts.isNamedImports(names) && !specifier.startsWith('node:'))
      for (const { name } of names.elements) if (/^[A-Z][a-z]/.test(name.text)) own.add(name.text)
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword)
      if (!own.has(node.right.getText(source)))
        found.push(`${path}:${source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1}`)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

test('no source asks by instanceof for a class that each realm has its own of', () => {
  const src = join(root, 'src')
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  expect(files.length).toBeGreaterThan(200)
  expect(files.flatMap((file) => builtInsAskedFor(join(src, file)))).toEqual([])
})
